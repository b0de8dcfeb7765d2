export { type Clock, hostClock } from './clock.js';
export { type Incoming, Link, type LinkCounters, type LinkOptions } from './link.js';
