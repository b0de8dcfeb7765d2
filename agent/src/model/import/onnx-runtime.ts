import './no-telemetry.js';
import ort from 'onnxruntime-node';

/** The network runtime, for every process that needs it: nothing else imports it, so that it never loads as it comes. */
export { ort };
