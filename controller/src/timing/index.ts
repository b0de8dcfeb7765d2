export { unbounded } from './gate-clock.js';
export { type StampedCrossing, Timing, type TimingOptions } from './timing.js';
