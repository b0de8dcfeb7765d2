import type { Doubt } from '../state.js';
import type { Measured } from './line-times.js';
import type { Span } from './span.js';

/** A lap while it is judged. */
export interface Judged {
  readonly span: Span;
  readonly measured: Measured | null;
  /** Without the pauses in it, µs; null where nobody knows. */
  readonly net: number | null;
  /** Nobody touched the car, and nothing stopped it. */
  readonly clean: boolean;
  /** Laps of one number are of one car, model and speed. */
  readonly group: number;
  doubt: Doubt | null;
  readonly other: { readonly crossing: number; readonly as: 'boundary' | 'none' }[];
}
