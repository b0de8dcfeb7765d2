export { launchedBy } from './launched.js';
export { Versions } from './versions.js';
