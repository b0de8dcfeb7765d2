export { ownCommand } from './own-command.js';
