export { clockText, gapTime, lapTime, plusMinus } from '@pitwall/protocol/ranking';
export { dateText, isTimeZone, momentOf, remaining, wallTime } from './dates.js';
export { timeLeft, waitText } from './times.js';
