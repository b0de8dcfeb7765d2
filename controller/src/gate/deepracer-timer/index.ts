export { DeepracerTimerSensor } from './deepracer-timer.js';
