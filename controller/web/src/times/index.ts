export { dateText, isTimeZone, momentOf, remaining, wallTime } from './dates.js';
export { clockText, gapTime, lapTime, plusMinus, timeLeft, waitText } from './times.js';
