import { PitwallError } from '@pitwall/protocol';

const written = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(Z|[+-]\d{2}:\d{2})?$/;

/** By how much a zone's clocks are ahead of UTC at a moment, ms. */
function aheadOf(moment: number, timeZone: string): number {
  const format = new Intl.DateTimeFormat('en-GB', {
    timeZone,
    hourCycle: 'h23',
    year: 'numeric',
    month: 'numeric',
    day: 'numeric',
    hour: 'numeric',
    minute: 'numeric',
    second: 'numeric',
  });
  const parts = Object.fromEntries(format.formatToParts(moment).map(({ type, value }) => [type, Number(value)]));
  const { year = 0, month = 1, day = 1, hour = 0, minute = 0, second = 0 } = parts;
  return Date.UTC(year, month - 1, day, hour, minute, second) - Math.floor(moment / 1000) * 1000;
}

const shown = (plain: number): string => new Date(plain).toISOString().slice(0, 16);

/** `+02:00`. */
function offsetText(ahead: number): string {
  const minutes = Math.abs(ahead) / 60_000;
  const two = (count: number) => String(Math.floor(count)).padStart(2, '0');
  return `${ahead < 0 ? '-' : '+'}${two(minutes / 60)}:${two(minutes % 60)}`;
}

/**
 * A date and time as clocks in the zone show it, or with an offset of its own, in ms since 1970. Of an hour that clocks show
 * twice it is the first; one that they skip is as long after the change as it was meant before. Either is said to `tell`.
 * @throws PitwallError `config-invalid`.
 */
export function momentIn(text: string, timeZone: string, field: string, tell: (line: string) => void): number {
  const [, , offset] = written.exec(text) ?? [];
  const plain = Date.parse(offset === undefined ? `${text}Z` : text);
  if (!written.test(text) || Number.isNaN(plain))
    throw new PitwallError('config-invalid', `${field}: "${text}" is no date and time such as 2026-12-01T18:00.`);
  if (offset !== undefined) return plain;
  try {
    const day = 86_400_000;
    const [before, after] = [aheadOf(plain - day, timeZone), aheadOf(plain + day, timeZone)];
    const [early, late] = [plain - before, plain - after];
    const [isEarly, isLate] = [aheadOf(early, timeZone) === before, aheadOf(late, timeZone) === after];
    if (isEarly && isLate && early !== late)
      tell(
        `${field}: clocks in ${timeZone} show ${text} twice; the first is taken, ${text}${offsetText(before)}. For the second write ${text}${offsetText(after)}.`,
      );
    if (!isEarly && !isLate)
      tell(`${field}: clocks in ${timeZone} skip ${text}; ${shown(early + aheadOf(early, timeZone))} is taken.`);
    return isEarly || !isLate ? early : late;
  } catch (cause) {
    throw new PitwallError('config-invalid', `timeZone: there is no "${timeZone}"; write one such as Europe/Berlin.`, {
      cause,
    });
  }
}
