export { archiveLimit, type Blob, BlobStore } from './blobs.js';
export { ModelCheck } from './check.js';
export { Models } from './models.js';
export { garageMigrations } from './tables.js';
