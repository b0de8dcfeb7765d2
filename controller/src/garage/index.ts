export { archiveLimit, type Blob, BlobStore } from './blobs.js';
