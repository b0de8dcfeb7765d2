export { IioImu } from './imu.js';
