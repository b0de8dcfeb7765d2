import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dateText, momentOf, remaining, wallTime } from './dates.js';

const zones = ['UTC', 'Europe/Berlin', 'America/New_York', 'Asia/Kathmandu', 'Australia/Lord_Howe', 'Pacific/Apia'];

describe('times on a wall', () => {
  it('come back as what was typed, in every zone, unless the hour is left out there', () => {
    const moments = fc.integer({ min: Date.UTC(2020, 0), max: Date.UTC(2040, 0) }).map((ms) => ms - (ms % 60_000));
    fc.assert(
      fc.property(moments, fc.constantFrom(...zones), (moment, zone) => {
        const wall = wallTime(moment, zone);
        const found = momentOf(wall, zone) ?? Number.NaN;
        expect(wallTime(found, zone)).toBe(wall);
        expect(found).toBeLessThanOrEqual(moment);
        expect(moment - found).toBeLessThanOrEqual(3_600_000);
      }),
    );
  });

  it.each([
    ['2026-07-01T12:00', 'Europe/Berlin', Date.UTC(2026, 6, 1, 10)],
    ['2026-10-25T02:30', 'Europe/Berlin', Date.UTC(2026, 9, 25, 0, 30)],
    ['2026-03-29T02:30', 'Europe/Berlin', Date.UTC(2026, 2, 29, 1, 30)],
    ['2026-07-01T12:00', 'UTC', Date.UTC(2026, 6, 1, 12)],
  ])('%s in %s', (wall, zone, moment) => expect(momentOf(wall, zone)).toBe(moment));

  it('that are none', () => {
    for (const wall of ['', '2026-13-01T00:00', 'soon']) expect(momentOf(wall, 'UTC')).toBeNull();
  });
});

it('says a date as its zone has it', () => {
  expect(dateText(Date.UTC(2026, 10, 22, 23, 5), 'Europe/Berlin')).toBe('Mon, 23 Nov 2026, 00:05');
});

it.each([
  [-5, '0:00'],
  [1, '0:01'],
  [59_001, '1:00'],
  [3_599_000, '59:59'],
  [3_600_000, '1 h 0 min'],
  [90_061_000, '1 d 1 h'],
])('%d ms left: %s', (ms, text) => expect(remaining(ms)).toBe(text));
