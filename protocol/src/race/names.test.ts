import { expect, it } from 'vitest';
import { anna, ben, TestRace } from '../../testing/test-race.js';
import { neutralName } from '../neutral-name.js';
import { chainText, type LogRecord, RaceReplay, withoutNames } from './index.js';

it('a neutral name follows from the id alone, and tells many ids apart', () => {
  // 0xe40c292c and 0xbf9cf968, the reference vectors of FNV-1a for “a” and “foobar” (isthe.com/chongo/tech/comp/fnv), modulo 900,000.
  expect(neutralName('a')).toBe('Racer 202220');
  expect(neutralName('foobar')).toBe('Racer 935720');
  const ids = Array.from({ length: 1000 }, (_, index) => `r-${index.toString(32).padStart(10, '0')}`);
  expect(new Set(ids.map(neutralName)).size).toBeGreaterThan(990);
  for (const id of ids) expect(neutralName(id)).toMatch(/^Racer [1-9]\d{5}$/);
});

it('a hash binds what an entry is by ids; where names stand beside, they may be anything', () => {
  const race = TestRace.open();
  const record = race.replay.records.find(({ event }) => event.type === 'entered') as LogRecord;
  const text = (one: LogRecord, names?: 'beside') =>
    chainText({ ...one, ...(names === undefined ? {} : { names }) }, JSON.stringify(one.event));
  const neutral = withoutNames(record, anna) as LogRecord;
  expect(text(neutral, 'beside')).toBe(text(record, 'beside'));
  expect(text(neutral)).not.toBe(text(record));
  const other = structuredClone(record);
  if (other.event.type === 'entered') other.event.entry.car = null;
  expect(text(other, 'beside')).not.toBe(text(record, 'beside'));
});

it('a race whose records lost a name is the same but for the name, also in the middle of a run', () => {
  const race = TestRace.open();
  race.start();
  const before = race.replay.state;
  const renamed = race.replay.records.flatMap((record) => withoutNames(record, anna) ?? []);
  expect(renamed.map(({ names }) => names)).toEqual(['withheld']);
  race.replay.rename(renamed);
  const { entries, standings, ...rest } = race.replay.state;
  const { entries: named, standings: ranked, ...same } = before;
  expect(rest).toEqual(same);
  expect(entries.map(({ alias }) => alias)).toEqual([neutralName(anna), ben]);
  expect(standings.map(({ alias }) => alias)).toEqual([neutralName(anna), ben]);
  expect(named.map(({ alias }) => alias)).toEqual([anna, ben]);
  expect(ranked).toHaveLength(2);
  expect(new RaceReplay(race.replay.records).state).toEqual(race.replay.state);
  // Whoever entered anew meanwhile may have the name.
  expect(withoutNames(race.replay.records.at(-1) as LogRecord, anna)).toBeUndefined();
});
