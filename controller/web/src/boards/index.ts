export { BoardPanel } from './board-panel.js';
