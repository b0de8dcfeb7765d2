import type { ort } from './onnx-runtime.js';

/**
 * Nobody is told of us: from 1.30 on the runtime tells mobile.events.data.microsoft.com about every process that creates a session, and leaves
 * `.ses` and `mat-debug-*.log` in the folder for temporary files, unless this is set before its first session.
 */
process.env.ORT_DISABLE_TELEMETRY = '1';

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
