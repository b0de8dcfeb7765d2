import type { ort } from './onnx-runtime.js';

/** How every network runs: on one thread of the processor. */
export const sessionOptions: ort.InferenceSession.SessionOptions = {
  intraOpNumThreads: 1,
  interOpNumThreads: 1,
  executionMode: 'sequential',
  graphOptimizationLevel: 'all',
  executionProviders: ['cpu'],
  // Errors come back as exceptions; the runtime's own log would only repeat them on the terminal.
  logSeverityLevel: 4,
};
