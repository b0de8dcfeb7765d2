import { existsSync, readdirSync } from 'node:fs';
import { isPitwallError } from '@pitwall/protocol';
import { describe, expect, it } from 'vitest';
import { readTrackAsIs } from './index.js';

const data = new URL('../../../../shared/data/', import.meta.url);
const present = existsSync(data);
if (!present) {
  if (process.env.CI === 'true') throw new Error('The real tracks are missing: ../shared/data must be there in CI.');
  console.log('skipped: real tracks, because ../shared/data is missing');
}
const routes = present ? readdirSync(new URL('tracks/', data)) : [];

describe.skipIf(!present)('routes of the cloud service', () => {
  it.each(routes)('%s is read without a word and can be raced on', (name) => {
    const { track, notes, faults } = readTrackAsIs(new URL(`tracks/${name}`, data).pathname);
    expect([notes, faults]).toEqual([[], []]);
    expect(track.lengthM).toBeGreaterThan(10);
  });
});

/** What is said of each; nothing where it is one as any other. */
const cases: readonly (readonly [string, RegExp | undefined])[] = [
  ['China_eval_track.npy', undefined],
  ['H_track.npy', undefined],
  ['New_York_Eval_Track.npy', undefined],
  ['oval-six-columns.csv', undefined],
  ['reinvent-big-endian.npy', undefined],
  ['reinvent-float32.npy', undefined],
  ['reinvent-fortran-order.npy', undefined],
  ['reinvent-not-closed.npy', undefined],
  ['reinvent-npy-version-2.npy', undefined],
  ['reinvent-reversed-rows.npy', undefined],
  ['reinvent-borders-swapped.npy', /inner and outer border are exchanged/],
  ['reinvent-in-centimetres.npy', /road is 76\.2 wide.*centimetres: 0\.762 m wide, 17\.71 m long/],
  ['racing-line-two-columns.npy', /a line without borders \(2 columns\).*A racing line is no centre line/],
  ['canada_race-borders-out-of-step.npy', /out of step with the centre line/],
  ['Straight_track.npy', /is open: it ends 5\.71 m from where it begins/],
  ['reinvent-is-an-npz.npy', /is a zip archive \(\.npz/],
  ['reinvent-object-pickle.npy', /holds Python objects/],
  ['reinvent-one-nan.npy', /coordinate at point 41 that is no number/],
];

describe.skipIf(!present)('a track as it lies around', () => {
  it.each(cases)('%s has its sentence', (name, sentence) => {
    let said: string;
    try {
      const { notes, faults } = readTrackAsIs(new URL(`cases/L03-tracks/${name}`, data).pathname);
      said = [...notes, ...faults].join(' ');
    } catch (error) {
      if (!isPitwallError(error)) throw error;
      said = error.message;
    }
    if (sentence === undefined) expect(said).toBe('');
    else expect(said).toMatch(sentence);
  });
});
