export { type BackOff, backOffMs } from './back-off.js';
export { Retry, type RetryOptions } from './retry.js';
export { systemTimers, type Timers } from './timers.js';
