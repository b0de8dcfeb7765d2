import { locale, words } from '../words/index.js';

const minute = 60_000;

/** Whether there is a zone of that name: while it is typed there is none. */
export function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }) !== undefined;
  } catch {
    return false;
  }
}

/** What a clock on a wall in the zone shows at that moment, as `2026-11-22T19:55`: what date fields speak. */
export function wallTime(epochMs: number, timeZone: string): string {
  const parts = new Intl.DateTimeFormat('en-CA', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: '2-digit',
    day: '2-digit',
    hour: '2-digit',
    minute: '2-digit',
  }).formatToParts(epochMs);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  return `${part('year').padStart(4, '0')}-${part('month')}-${part('day')}T${part('hour')}:${part('minute')}`;
}

/**
 * The moment at which a clock on a wall in the zone shows this; null where `wall` is none. Of a time that comes twice (clocks go
 * back) the first; of one that is left out (clocks go forward) the one as long after the change.
 */
export function momentOf(wall: string, timeZone: string): number | null {
  const asUtc = Date.parse(`${wall}:00Z`);
  if (Number.isNaN(asUtc) || !/^\d{4}-\d\d-\d\dT\d\d:\d\d$/.test(wall)) return null;
  const offsetAt = (moment: number): number => Date.parse(`${wallTime(moment, timeZone)}:00Z`) - moment;
  const day = 24 * 60 * minute;
  const candidates = [asUtc - offsetAt(asUtc - day), asUtc - offsetAt(asUtc + day)].sort((a, b) => a - b);
  return candidates.find((moment) => wallTime(moment, timeZone) === wall) ?? (candidates[1] as number);
}

/** A date for people, as the zone has it: "Sun, 22 Nov 2026, 19:55" in English. */
export const dateText = (epochMs: number, timeZone: string): string =>
  new Intl.DateTimeFormat(locale, {
    timeZone,
    weekday: 'short',
    day: 'numeric',
    month: 'short',
    year: 'numeric',
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  }).format(epochMs);

const clock = new Intl.DateTimeFormat(locale, { timeStyle: 'medium', hourCycle: 'h23' });
/** A moment of today for people, where they are: "19:55:03". */
export const timeOfDay = (epochMs: number): string => clock.format(epochMs);

/** What is left, ms, for people: "3 d 4 h", "3 h 12 min", "4:59". It says 0:00 only when nothing is left. */
export function remaining(ms: number): string {
  const seconds = Math.ceil(Math.max(0, ms) / 1000);
  const [days, hours, minutes] = [Math.floor(seconds / 86_400), Math.floor(seconds / 3600), Math.floor(seconds / 60)];
  if (days > 0) return words.times.daysAndHours(days, hours % 24);
  if (hours > 0) return words.times.hoursAndMinutes(hours, minutes % 60);
  return `${minutes}:${String(seconds % 60).padStart(2, '0')}`;
}
