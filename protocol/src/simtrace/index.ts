export { metricsOf, type TrialMetrics } from './metrics.js';
export { parseSimtrace, type Simtrace } from './parse-simtrace.js';
export { formatSimtrace, type SimtraceRow, type StepStatus, stepsPerSecond } from './simtrace.js';
