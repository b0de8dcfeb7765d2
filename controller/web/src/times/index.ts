export { clockText, gapTime, lapTime, plusMinus } from '@pitwall/protocol/ranking';
export { dateText, isTimeZone, momentOf, remaining, timeOfDay, wallTime } from './dates.js';
export { metricText } from './metric-text.js';
export { timeLeft, waitText } from './times.js';
