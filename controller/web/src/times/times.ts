import { words } from '../words/index.js';
/** Time that is left, as 2:59: it says 0:00 only when nothing is left. */
export function timeLeft(micros: number): string {
  const seconds = Math.ceil(Math.max(0, micros) / 1_000_000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, '0')}`;
}

/** A wait, for people: "now", "4 min". */
export function waitText(micros: number): string {
  const minutes = Math.round(micros / 60_000_000);
  return minutes < 1 ? words.times.aboutNow : words.times.aboutMin(minutes);
}
