export type { CommandAnswer } from './command-desk.js';
export { thisComputer } from './computer.js';
export { Link, type LinkParts, type LinkSettings } from './link.js';
export { PreviewSender } from './preview-sender.js';
export { controllerOf, type LinkConfig, readLink } from './settings.js';
