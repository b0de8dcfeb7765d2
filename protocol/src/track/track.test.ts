/// <reference types="node" />
import { readdirSync, readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { crossing, parseTrack, readTrackFile, selfCrossing, smallestRadius, type Track } from './index.js';

const folder = new URL('../../tracks/', import.meta.url);
const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
const tracks = names.map((name) => parseTrack(readFileSync(new URL(name, folder), 'utf8'), name));
const harbour = tracks.find(({ id }) => id === 'harbour') as Track;

/** Nearest point without any index. */
function bruteDistance(track: Track, x: number, y: number): number {
  const { points, count } = track.centre;
  let least = Infinity;
  for (let i = 0; i < count; i++) {
    const j = (i + 1) % count;
    const [ax, ay, bx, by] = [points[2 * i], points[2 * i + 1], points[2 * j], points[2 * j + 1]] as number[];
    const [dx, dy] = [(bx as number) - (ax as number), (by as number) - (ay as number)];
    const t = Math.min(1, Math.max(0, ((x - (ax as number)) * dx + (y - (ay as number)) * dy) / (dx * dx + dy * dy)));
    least = Math.min(least, Math.hypot(x - (ax as number) - t * dx, y - (ay as number) - t * dy));
  }
  return least;
}

/** Even-odd rule by one ray along x. */
function bruteInside(track: Track, x: number, y: number): boolean {
  let crossings = 0;
  for (const { points, count } of [track.inner, track.outer]) {
    for (let i = 0; i < count; i++) {
      const j = (i + 1) % count;
      const [ax, ay, bx, by] = [points[2 * i], points[2 * i + 1], points[2 * j], points[2 * j + 1]] as [
        number,
        number,
        number,
        number,
      ];
      if (ay > y !== by > y && x < ax + ((y - ay) / (by - ay)) * (bx - ax)) crossings++;
    }
  }
  return crossings % 2 === 1;
}

const within = (track: Track) => {
  const { minX, minY, maxX, maxY } = track.outer.bounds;
  const number = (min: number, max: number) => fc.double({ min, max, noNaN: true });
  return fc.tuple(number(minX - 3, maxX + 3), number(minY - 3, maxY + 3));
};

describe('our tracks', () => {
  it('are at least five, and every one can be driven and keeps the building rules', () => {
    expect(tracks.length).toBeGreaterThanOrEqual(5);
    for (const track of tracks) {
      expect(track.lengthM).toBeGreaterThan(10);
      expect(selfCrossing(track)).toBeUndefined();
    }
    expect(new Set(tracks.map(({ id }) => `${id}.json`))).toEqual(new Set(names));
  });

  it('hold a demo track of about 17 m', () => {
    expect(harbour.lengthM).toBeCloseTo(17, 0);
  });
});

describe.each(tracks.map((track) => [track.id, track] as const))('track %s', (_, track) => {
  it('finds the nearest point as a search through all segments does', () => {
    fc.assert(
      fc.property(within(track), ([x, y]) => {
        expect(track.locate(x, y).distance).toBeCloseTo(bruteDistance(track, x, y), 9);
      }),
      { numRuns: 300 },
    );
  });

  it('tells the road from the field as a ray through all borders does', () => {
    fc.assert(
      fc.property(within(track), ([x, y]) => {
        expect(track.isOnRoad(x, y)).toBe(bruteInside(track, x, y));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['as described', (t: Track) => t],
    ['reversed', (t: Track) => t.reversed()],
  ])('puts a point back where it was laid, to 1 mm, %s', (_name, turn) => {
    const directed = turn(track);
    fc.assert(
      fc.property(
        fc.double({ min: 0, max: directed.lengthM, noNaN: true, maxExcluded: true }),
        fc.double({ min: -0.25, max: 0.25, noNaN: true }),
        (along, offset) => {
          const { x, y } = directed.beside(along, offset);
          const place = directed.locate(x, y);
          expect(Math.abs(place.offset - offset)).toBeLessThan(0.001);
          const apart = Math.abs(place.along - along);
          // On the inside of a bend a fixed normal hits a neighbouring chord.
          expect(Math.min(apart, directed.lengthM - apart)).toBeLessThan(0.02);
          expect(directed.isOnRoad(x, y)).toBe(true);
        },
      ),
      { numRuns: 300 },
    );
  });
});

it.each([
  [3, 120],
  [3, 40],
  [0.9, 60],
])('the tightest bend of a ring of %s m in %i points is its radius, wherever its points lie', (radius, count) => {
  const rows = Array.from({ length: count }, (_, i) => {
    const angle = (i / count) * 2 * Math.PI;
    const at = (r: number) => `${(r * Math.cos(angle)).toFixed(4)};${(r * Math.sin(angle)).toFixed(4)}`;
    return [at(radius), at(radius - 0.3), at(radius + 0.3)].join(';');
  });
  const { track } = readTrackFile(Buffer.from(rows.join('\n')), 'ring.csv');
  expect(smallestRadius(track).radiusM).toBeGreaterThan(radius * 0.99);
  expect(smallestRadius(track).radiusM).toBeLessThan(radius * 1.01);
});

describe('a reversed track', () => {
  it('starts on the same line and runs the other way', () => {
    const reversed = harbour.reversed();
    expect(reversed.direction).toBe('clockwise');
    expect(reversed.lengthM).toBeCloseTo(harbour.lengthM, 9);
    expect(reversed.startLine).toEqual({ left: harbour.startLine.right, right: harbour.startLine.left });
    const place = harbour.at(3);
    expect(reversed.locate(place.x, place.y).along).toBeCloseTo(harbour.lengthM - 3, 6);
    expect(harbour.inDirection('counter-clockwise')).toBe(harbour);
    expect(harbour.inDirection('clockwise').direction).toBe('clockwise');
  });

  it('keeps the inner lane on the enclosed side', () => {
    expect(harbour.laneOffset('inner')).toBeCloseTo(harbour.widthM / 4, 9);
    expect(harbour.reversed().laneOffset('inner')).toBeCloseTo(-harbour.widthM / 4, 9);
  });
});

describe('the start line', () => {
  const ahead = harbour.at(0.1);
  const behind = harbour.at(-0.3);

  it('is crossed in driving direction, at the right part of the way', () => {
    expect(crossing(harbour.startLine, behind, ahead)).toEqual({ fraction: expect.closeTo(0.75, 6), forwards: true });
  });

  it('is crossed backwards too, and says so', () => {
    expect(crossing(harbour.startLine, ahead, behind)?.forwards).toBe(false);
  });

  it('is not crossed beside the road or far from it', () => {
    expect(crossing(harbour.startLine, harbour.beside(-0.3, 1), harbour.beside(0.1, 1))).toBeUndefined();
    expect(crossing(harbour.startLine, harbour.at(3), harbour.at(4))).toBeUndefined();
  });
});
