import type { Pulses } from '@pitwall/firmware-config';

/**
 * A share −1…1 as a pulse width in ns: `p = value · polarity`, `duty = mid + p · (p < 0 ? mid − min : max − mid)`.
 * Beyond ±1, and for no number at all, it is the end of the range and the middle.
 */
export function pulse(value: number, { min, mid, max, polarity }: Pulses): number {
  const p = Math.min(1, Math.max(-1, value)) * polarity;
  if (Number.isNaN(p)) return mid;
  return Math.round(mid + p * (p < 0 ? mid - min : max - mid));
}
