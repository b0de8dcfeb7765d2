export { IioImu } from './imu.js';
export { readVolts } from './voltage.js';
