import { RaceSetup } from '@pitwall/protocol/race';
import { expect, it } from 'vitest';
import { shortestOfTrack } from './shortest-of-track.js';

const before = (rules: object) =>
  RaceSetup.parse({ name: 'x', track: { id: 'harbour', version: 1 }, gates: ['line'], rules: { name: 'x', ...rules } });
const plausible = (min: number) => ({ plausible: { min, max: 120_000_000 } });

it('is what a car needs at its top speed, and says so', () => {
  expect(shortestOfTrack(16.93, undefined, undefined)).toEqual({
    seconds: '3.8',
    why: '0.9 of the track’s 16.9 m at 4 m/s: no car is faster.',
  });
});

it('is nobody’s where the track is not known', () => {
  expect(shortestOfTrack(undefined, undefined, undefined)).toBeNull();
});

it('follows the track of a draft that had that of its track, and leaves another alone', () => {
  expect(shortestOfTrack(45.6, before(plausible(3_800_000)), 16.93)?.seconds).toBe('10.26');
  expect(shortestOfTrack(45.6, before(plausible(5_000_000)), 16.93)).toBeNull();
  expect(shortestOfTrack(45.6, before(plausible(3_800_000)), undefined)).toBeNull();
});

it('is that of the cars in the rules', () => {
  const slow = { car: { steeringDeg: 30, speedMps: 2 } };
  expect(shortestOfTrack(16.93, before({ ...slow, ...plausible(7_610_000) }), 16.93)?.why).toContain('at 2 m/s');
});
