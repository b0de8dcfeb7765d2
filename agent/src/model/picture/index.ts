export { interleave, planeOf, readPicture } from './read-picture.js';
