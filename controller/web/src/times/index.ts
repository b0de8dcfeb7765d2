export { clockText, gapTime, lapTime, plusMinus, timeLeft, waitText } from './times.js';
