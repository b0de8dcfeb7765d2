export { ModelStore } from './model-store.js';
export { type Source, stage } from './stage.js';
export { Stager } from './stager.js';
export { archivesIn, UsbStickWatch } from './usb-stick.js';
