/** A time as people read it. Whole milliseconds, cut off as rankings do: 12.345, 1:02.345. */
export function lapTime(micros: number): string {
  return clockText(micros, 3);
}

/** A running clock: it is never ahead of the truth, so what is shown has passed. */
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

/** Time that is left, as 2:59: it says 0:00 only when nothing is left. */
export function timeLeft(micros: number): string {
  const seconds = Math.ceil(Math.max(0, micros) / 1_000_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** "±0.05 ms", "±12 ms", "±1.2 s". Rounded up: never better than it is. */
export function plusMinus(micros: number): string {
  if (micros >= 1_000_000) return `±${(Math.ceil(micros / 100_000) / 10).toFixed(1)} s`;
  if (micros >= 10_000) return `±${Math.ceil(micros / 1000)} ms`;
  if (micros >= 1000) return `±${(Math.ceil(micros / 100) / 10).toFixed(1)} ms`;
  return `±${(Math.ceil(micros / 10) / 100).toFixed(2)} ms`;
}

/** A time in whole milliseconds, as rankings see it, µs. */
const ranked = (micros: number): number => Math.floor(micros / 1000) * 1000;

/** How much longer one time is than another, of what is shown of both: +0.123, −1.002. */
export function gapTime(time: number, to: number): string {
  const gap = ranked(time) - ranked(to);
  return `${gap < 0 ? '−' : '+'}${lapTime(Math.abs(gap))}`;
}

/** A wait, for people: "now", "4 min". */
export function waitText(micros: number): string {
  const minutes = Math.round(micros / 60_000_000);
  return minutes < 1 ? 'about now' : `about ${minutes} min`;
}
