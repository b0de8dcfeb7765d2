export { listPictures } from './list-pictures.js';
export { interleave, planeOf, readPicture } from './read-picture.js';
