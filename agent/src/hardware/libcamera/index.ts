export { libcameraCamera } from './camera.js';
