export { Demo, type DemoOptions, type DemoTokens, demoIds } from './demo.js';
