export { FileCamera, type FileCameraParts } from './camera.js';
