import { arithmetic } from './arithmetic.js';
import { layers } from './layers.js';
import { shaping } from './shaping.js';

/** Operations that are understood: BuiltinOperator number → its name and what it does. */
export const operations = new Map([...arithmetic, ...layers, ...shaping]);
