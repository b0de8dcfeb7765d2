import { arithmetic } from './arithmetic.js';
import { layers } from './layers.js';
import { normalization } from './normalization.js';
import { shaping } from './shaping.js';
import type { Operation } from './use.js';

/** The whitelist: nothing else of ONNX is accepted. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({ ...arithmetic, ...layers, ...normalization, ...shaping }),
);
