export { FinalsPanel } from './finals-panel.js';
