export { I2cImu } from './imu.js';
