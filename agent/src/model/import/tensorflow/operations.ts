import { arithmetic } from './arithmetic.js';
import { flow } from './flow.js';
import { layers } from './layers.js';
import { shaping } from './shaping.js';
import type { Operation } from './use.js';

/** Every operation that is understood. A placeholder is made by the importer, for it is an observation. */
export const operations: ReadonlyMap<string, Operation> = new Map(
  Object.entries({ ...arithmetic, ...flow, ...layers, ...shaping }),
);
