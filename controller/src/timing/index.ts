export { Alignment } from './alignment.js';
export { GateClock, unbounded } from './gate-clock.js';
export { between } from './lap.js';
export { type StampedCrossing, Timing, type TimingOptions } from './timing.js';
