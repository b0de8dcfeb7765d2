export { QrCode } from '../qr/index.js';
export { type Item, itemsOf, sorted } from './program.js';
export { eventKey, eventPath, useEvent } from './use-events.js';
