/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PitwallError } from '../errors.js';
import { buildTrack, parseTrack, ruleViolations, TrackDescription } from './index.js';

const oval = JSON.parse(readFileSync(new URL('../../tracks/oval.json', import.meta.url), 'utf8')) as Record<
  string,
  unknown
>;
const withChange = (change: Record<string, unknown>) => JSON.stringify({ ...oval, ...change });
const straight = (lengthM: number) => ({ kind: 'straight', lengthM });
const arc = (radiusM: number, turnDeg: number) => ({ kind: 'arc', radiusM, turnDeg });

function refusal(json: string): PitwallError {
  try {
    parseTrack(json, 'The track');
  } catch (error) {
    if (error instanceof PitwallError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

describe('an impossible track', () => {
  it.each<[string, string, RegExp]>([
    ['is no JSON', '{', /is not JSON/],
    ['has an unknown field', withChange({ colour: 'red' }), /colour/],
    ['has a wrong type', withChange({ widthM: 'wide' }), /widthM/],
    ['has a segment without kind', withChange({ segments: [{}, {}] }), /segments\.0/],
    ['has an infinite straight', withChange({ segments: [straight(1e9), arc(1, 180)] }), /lengthM/],
    ['is too narrow', withChange({ widthM: 0.4 }), /40\.0 cm wide; make it 24 ± 3 inches/],
    ['has hair borders', withChange({ borderM: 0.01 }), /borders are 1\.0 cm wide/],
    ['has long dashes', withChange({ dash: { lengthM: 0.5, gapM: 0.05, widthM: 0.02 } }), /dashes of 50\.0 cm/],
    [
      'turns too tightly',
      withChange({ segments: [straight(4), arc(0.4, 180), straight(4), arc(0.4, 180)] }),
      /segment 2 \(arc, 0\.4 m, 180° left\).*at least 43\.2 cm/,
    ],
    [
      'does not turn all the way round',
      withChange({ segments: [straight(4), arc(1.2, 180), straight(4), arc(1.2, 90)] }),
      /add up to 270\.0°.*Change an arc by 90\.0°/,
    ],
    [
      'does not close',
      withChange({ segments: [straight(4), arc(1.2, 180), straight(5), arc(1.2, 180)] }),
      /segment 4 .* ends 1\.000 m from the start/,
    ],
    ['starts beyond its end', withChange({ startLineM: 90 }), /start line at 90 m lies beyond/],
  ])('that %s is refused', (_what, json, message) => {
    const error = refusal(json);
    expect(error.code).toBe('track-invalid');
    expect(error.message).toMatch(message);
  });

  it('that overlaps itself is refused with both segments', () => {
    // Two teardrops whose necks are closer together than the road is wide.
    const teardrop = [arc(1, -50), arc(1, 280), arc(1, -50)];
    const json = withChange({ segments: [straight(2), ...teardrop, straight(2), ...teardrop] });
    expect(refusal(json).message).toMatch(/overlaps itself where segment \d+ .* meets segment \d+ .* Move them apart/);
  });

  it('with an arc tighter than half the road cannot even be built without the rules', () => {
    const description = TrackDescription.parse({
      ...oval,
      segments: [straight(4), arc(0.2, 180), straight(4), arc(0.2, 180)],
    });
    expect(() => buildTrack(description)).toThrow(/tighter than half the road's width/);
  });
});

describe('turn radius', () => {
  const violationsOf = (segments: unknown[]) =>
    ruleViolations(TrackDescription.parse({ ...oval, widthM: 0.61, segments })).map(({ at }) => at);

  it('may be 25 inches outside up to 90°, and must be 30 beyond', () => {
    expect(violationsOf([arc(0.34, 90), straight(1)])).toEqual([]);
    expect(violationsOf([arc(0.32, 90), straight(1)])).toEqual([0]);
    expect(violationsOf([arc(0.34, 91), straight(1)])).toEqual([0]);
    expect(violationsOf([arc(0.46, 180), straight(1)])).toEqual([]);
  });

  it('counts arcs that follow each other as one turn, also across the beginning', () => {
    expect(violationsOf([straight(1), arc(0.34, 60), arc(0.34, 60)])).toEqual([1, 2]);
    expect(violationsOf([straight(1), arc(0.34, 60), arc(0.34, -60)])).toEqual([]);
    expect(violationsOf([arc(0.34, 60), straight(1), arc(0.34, 60)])).toEqual([0, 2]);
  });
});
