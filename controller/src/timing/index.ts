export { Alignment, type Bounded } from './alignment.js';
export { GateClock, unbounded } from './gate-clock.js';
export { type StampedCrossing, Timing, type TimingOptions } from './timing.js';
