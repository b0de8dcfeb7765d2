export { type Item, itemsOf, sorted } from './program.js';
export { QrCode } from './qr-code.js';
export { eventKey, eventPath, useEvent } from './use-events.js';
