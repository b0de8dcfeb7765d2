export { RpLidar } from './lidar.js';
