export { v4l2Camera } from './camera.js';
