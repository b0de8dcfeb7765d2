export { Alignment, type Bounded } from './alignment.js';
export { GateClock, unbounded } from './gate-clock.js';
export { handUncertainty, ManualGate, manualGate } from './manual.js';
export { gateMetrics } from './metrics.js';
export { lifeApart } from './names.js';
export { type GateNews, type RecordedAs, type StampedCrossing, Timing, type TimingOptions } from './timing.js';
