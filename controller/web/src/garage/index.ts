export { CarFelt } from './car-felt.js';
