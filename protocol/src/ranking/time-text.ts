import { placingMs } from './order.js';

/**
 * A time as people read it, wherever it stands: pages, sheets, exports, command lines. Whole milliseconds, cut off, so that
 * what is shown is what is ranked: 12.345, 1:02.345. `micros`: µs, whole, at least 0.
 */
export function lapTime(micros: number): string {
  return clockText(placingMs(micros) * 1000, 3);
}

/** A running clock, µs: it is never ahead of the truth, so what is shown has passed. */
export function clockText(micros: number, decimals: 0 | 1 | 2 | 3): string {
  const unit = 10 ** (6 - decimals);
  const units = Math.floor(Math.max(0, micros) / unit);
  const perSecond = 10 ** decimals;
  const whole = Math.floor(units / perSecond);
  const minutes = Math.floor(whole / 60);
  const seconds = whole % 60;
  const fraction = decimals === 0 ? '' : `.${String(units % perSecond).padStart(decimals, '0')}`;
  return minutes === 0 ? `${seconds}${fraction}` : `${minutes}:${String(seconds).padStart(2, '0')}${fraction}`;
}

/** How much longer one time is than another, of what is shown of both, µs: +0.123, −1.002. */
export function gapTime(time: number, to: number): string {
  const gap = placingMs(time) - placingMs(to);
  return `${gap < 0 ? '−' : '+'}${lapTime(Math.abs(gap) * 1000)}`;
}

/** An uncertainty, µs: "±0.05 ms", "±12 ms", "±1.2 s". Rounded up: never better than it is. */
export function plusMinus(micros: number): string {
  if (micros >= 1_000_000) return `±${(Math.ceil(micros / 100_000) / 10).toFixed(1)} s`;
  if (micros >= 10_000) return `±${Math.ceil(micros / 1000)} ms`;
  if (micros >= 1000) return `±${(Math.ceil(micros / 100) / 10).toFixed(1)} ms`;
  return `±${(Math.ceil(micros / 10) / 100).toFixed(2)} ms`;
}
