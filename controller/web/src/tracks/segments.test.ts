import { buildTrack, type Segment, TrackDescription } from '@pitwall/protocol/track';
import { describe, expect, it } from 'vitest';
import { closing, endOf, isClosed } from './segments.js';

const straight = (lengthM: number): Segment => ({ kind: 'straight', lengthM });
const arc = (radiusM: number, turnDeg: number): Segment => ({ kind: 'arc', radiusM, turnDeg });

describe('a track of straights and bends', () => {
  it('ends where it leads to', () => {
    expect(endOf([straight(2), arc(1, 180)])).toMatchObject({ turnDeg: 180 });
    expect(endOf([straight(2), arc(1, 90)]).x).toBeCloseTo(3, 9);
    expect(endOf([straight(2), arc(1, -90)]).y).toBeCloseTo(-1, 9);
  });

  it.each([
    ['a half oval', [straight(3), arc(1.1, 180)]],
    ['three sides of a square', [straight(3), arc(0.9, 90), straight(2), arc(0.9, 90), straight(3)]],
    ['one bend', [straight(3), arc(1, 120)]],
    ['a right-hand track', [straight(4), arc(1, -90), straight(1)]],
    ['a bend to each side', [straight(2), arc(0.9, 90), arc(0.9, -60), straight(1), arc(0.9, 150), straight(2)]],
  ] as [string, Segment[]][])('snaps shut: %s', (_, segments) => {
    const way = closing(segments);
    expect(way).toBeDefined();
    const all = [...segments, ...(way ?? [])];
    expect(isClosed(all)).toBe(true);
    // The builder that races use takes it.
    const track = buildTrack(
      TrackDescription.parse({
        ...{ version: 1, id: 'drawn', name: 'Drawn', widthM: 0.61, borderM: 0.05, startLineM: 0.5, lookSeed: 0 },
        dash: { lengthM: 0.1016, gapM: 0.0508, widthM: 0.0254 },
        segments: all,
      }),
    );
    expect(track.lengthM).toBeGreaterThan(6);
  });

  it('says where nothing leads back', () => {
    // Twice round already: what is left to turn is no bend of a road.
    expect(closing([straight(3), arc(1, 350), straight(9), arc(1, 350), arc(1, 350)])).toBeUndefined();
  });
});
