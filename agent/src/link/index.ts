export { CarLink, type CarLinkParts, type LinkSettings } from './car-link.js';
export type { CommandAnswer } from './command-desk.js';
export type { Metrics } from './metrics.js';
export { PreviewSender } from './preview-sender.js';
export { controllerOf, type LinkConfig, readLink } from './settings.js';
