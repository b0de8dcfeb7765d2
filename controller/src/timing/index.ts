export { Alignment, type Bounded } from './alignment.js';
export { lifeApart } from './clock-lives.js';
export { GateClock, unbounded } from './gate-clock.js';
export { handUncertainty, ManualGate, manualGate } from './manual-gate.js';
export { gateMetrics } from './metrics.js';
export { type GateNews, type RecordedAs, type StampedCrossing, Timing, type TimingOptions } from './timing.js';
