export type { Download } from './download.js';
export { type Source, stage } from './stage.js';
export { Stager } from './stager.js';
export { archivesIn, StickWatch } from './stick.js';
export { ModelStore } from './store.js';
