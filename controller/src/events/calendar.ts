import type { RaceEventView } from '@pitwall/protocol/api';

/** A moment as iCalendar has it in UTC: `20261128T093000Z` (RFC 5545 §3.3.5). */
const moment = (epochMs: number): string =>
  new Date(epochMs)
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d{3}/, '');

/** RFC 5545 §3.3.11. What no line may hold is left out. */
const text = (value: string): string =>
  value
    // biome-ignore lint/suspicious/noControlCharactersInRegex: those are what is taken out
    .replace(/[\u0000-\u0009\u000b-\u001f\u007f]/g, '')
    .replace(/[\\;,]/g, (one) => `\\${one}`)
    .replaceAll('\n', '\\n');

/** Lines of at most 75 octets, no character cut in two (RFC 5545 §3.1). */
function folded(line: string): string {
  const parts: string[] = [];
  let part = '';
  for (const character of line) {
    if (Buffer.byteLength(part + character) > (parts.length === 0 ? 75 : 74)) {
      parts.push(part);
      part = '';
    }
    part += character;
  }
  return [...parts, part].join('\r\n ');
}

/**
 * The event's program as iCalendar (RFC 5545): each item with its own dates, online races with theirs; the event itself where it has no program.
 * Read again, each item replaces itself: its UID stays, and SEQUENCE grows with the event's version.
 */
export function calendarOf({ event, version, setup, races, now }: RaceEventView, address: string): string {
  const known = new Map(races.map((race) => [race.race, race]));
  const items = setup.program.flatMap((item, index) => {
    const race = item.race === null ? undefined : known.get(item.race);
    if (item.race !== null && race === undefined) return [];
    return [
      {
        uid: item.race ?? `item-${index}`,
        name: item.name === '' ? (race?.name ?? '') : item.name,
        startsAt: race?.opensAt ?? item.startsAt,
        endsAt: race?.closesAt ?? item.endsAt,
      },
    ];
  });
  const whole = { uid: 'all', name: setup.name, startsAt: setup.startsAt, endsAt: setup.endsAt };
  const lines = (items.length === 0 ? [whole] : items).flatMap(({ uid, name, startsAt, endsAt }) => [
    'BEGIN:VEVENT',
    `UID:${uid}.${event}@pitwall`,
    `SEQUENCE:${version}`,
    `DTSTAMP:${moment(now)}`,
    `DTSTART:${moment(startsAt)}`,
    `DTEND:${moment(endsAt)}`,
    `SUMMARY:${text(name === setup.name ? name : `${name} – ${setup.name}`)}`,
    ...(setup.place === '' ? [] : [`LOCATION:${text(setup.place)}`]),
    `URL:${address}`,
    'END:VEVENT',
  ]);
  const all = [
    'BEGIN:VCALENDAR',
    'VERSION:2.0',
    'PRODID:-//Pitwall//Events//EN',
    `X-WR-CALNAME:${text(setup.name)}`,
    ...lines,
    'END:VCALENDAR',
  ];
  return `${all.map(folded).join('\r\n')}\r\n`;
}
