/** 2026-05-30, 2026-05-30 14:47, 2026-05-30T14:47:30.123Z, 2026-05-30T14:47:30+02:00 */
const iso = /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(Z|[+-]\d{2}:?\d{2})?)?$/i;
/** As spreadsheets of languages with points write it: 30.05.2026 14:47:30 */
const points = /^(\d{1,2})\.(\d{1,2})\.(\d{4})(?: (\d{1,2}):(\d{2})(?::(\d{2}))?)?$/;

/**
 * A date that can be read in one way only, in ms since 1970; without a zone it is UTC's. Null for others, as 5/6/2026 is
 * June's to one and May's to another.
 */
export function readDate(text: string): number | null {
  const [, year, month, day, hour = '0', minute = '0', second = '0', part = '', zone = 'Z'] = iso.exec(text) ?? [];
  if (year !== undefined) {
    const ms = utc([year, month, day, hour, minute, second].map(Number), Number(part.padEnd(3, '0').slice(0, 3)));
    if (ms === null || /^z$/i.test(zone)) return ms;
    const [, sign, hours, minutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone) as RegExpExecArray;
    return ms - (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * 60_000;
  }
  const local = points.exec(text);
  if (local === null) return null;
  const [d, m, y, h = '0', min = '0', s = '0'] = local.slice(1) as (string | undefined)[];
  return utc([y, m, d, h, min, s].map(Number), 0);
}

function utc(
  [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0]: readonly number[],
  ms: number,
): number | null {
  const at = Date.UTC(year, month - 1, day, hour, minute, second, ms);
  const date = new Date(at);
  const same =
    year >= 1970 &&
    date.getUTCMonth() === month - 1 &&
    date.getUTCDate() === day &&
    hour < 24 &&
    minute < 60 &&
    second < 60;
  return same ? at : null;
}
