/// <reference types="node" />
import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { npyOf, type Order, rowsOf } from '../../testing/npy.js';
import { isPitwallError } from '../errors.js';
import {
  formatNpy,
  parseTrack,
  type ReadOptions,
  readRaceTrack,
  readTrackFile,
  routeDescription,
  type Track,
} from './index.js';

const file = new URL('../../tracks/harbour.json', import.meta.url);
const harbour = parseTrack(readFileSync(file, 'utf8'), 'harbour');
const rows = rowsOf(harbour);
const text = (content: string) => new TextEncoder().encode(content);
const csv = (table: readonly (readonly number[])[], separator = ',') =>
  text(table.map((row) => row.join(separator)).join('\n'));
const scaled = (factor: number) => rows.map((row) => row.map((value) => value * factor));

function refusal(bytes: Uint8Array, options?: ReadOptions): string {
  try {
    readTrackFile(bytes, 'Route.npy', options);
  } catch (error) {
    if (isPitwallError(error)) return `${error.code}: ${error.message}`;
    throw error;
  }
  return 'was accepted';
}

function expectHarbour(track: Track, withinM = 1e-9): void {
  expect(track.lengthM).toBeCloseTo(harbour.lengthM, 2);
  expect(track.centre.count).toBe(harbour.centre.count);
  for (const line of ['centre', 'inner', 'outer'] as const) {
    const worst = track[line].points.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (harbour[line].points[i] as number))),
      0,
    );
    expect(worst).toBeLessThanOrEqual(withinM);
  }
}

describe('a route file', () => {
  it('written and read is the same track', () => {
    const { track, notes, faults } = readTrackFile(formatNpy(harbour), 'harbour.npy');
    expect(track.centre.points).toEqual(harbour.centre.points);
    expect(track.inner.points).toEqual(harbour.inner.points);
    expect(track.outer.points).toEqual(harbour.outer.points);
    expect(track.lengthM).toBe(harbour.lengthM);
    expect([track.id, notes, faults]).toEqual(['harbour', [], []]);
  });

  it('has its header aligned to 64 bytes, as NumPy writes it', () => {
    expect((formatNpy(harbour).length - (harbour.centre.count + 1) * 48) % 64).toBe(0);
  });

  it('is the same in every order and type that holds its numbers', () => {
    const types: [string, number][] = [
      ['<f8', 0],
      ['>f8', 0],
      ['<f4', 1e-5],
      ['>f4', 1e-5],
      ['<f2', 0.01],
      ['<f16', 1e-9],
    ];
    for (const [type, withinM] of types) {
      for (const order of ['C', 'F'] as Order[]) {
        expectHarbour(readTrackFile(npyOf(rows, type, order), 'a.npy').track, withinM + 1e-9);
      }
    }
  });

  it.each(['<i2', '>i4', '<i8', '<u2', '>u4', '<u8'])(
    'of whole millimetres, as %s, is read and the unit said',
    (type) => {
      const shift = Math.min(...rows.flat()) - 1;
      const whole = rows.map((row) => row.map((value) => Math.round((value - shift) * 1000)));
      const { track, notes } = readTrackFile(npyOf(whole, type, 'F'), 'a.npy');
      expect(track.lengthM).toBeCloseTo(harbour.lengthM, 1);
      expect(notes).toEqual([
        expect.stringMatching(/^Its road is \d+(\.\d+)? wide, so its lengths are taken for millimetres: 0\.6/),
      ]);
    },
  );

  it('whose borders stand still at some points, as one in whole centimetres has them in a bend, has its width', () => {
    const whole = rows.map((row) => row.map((value) => Math.round(value * 100) / 100));
    const still = whole.map((row, i) =>
      i % 7 === 3 ? [...row.slice(0, 2), ...(whole[i - 1] as number[]).slice(2)] : row,
    );
    const { track, faults } = readTrackFile(csv(still), 'whole.csv');
    expect(faults).toEqual([]);
    const { x, y } = track.at(5);
    expect(track.inner.nearest(x, y).distance + track.outer.nearest(x, y).distance).toBeCloseTo(harbour.widthM, 1);
  });

  it('of shape (N, 3, 2) is the same, in both orders', () => {
    for (const order of ['C', 'F'] as Order[]) {
      expectHarbour(readTrackFile(npyOf(rows, '<f8', order, [rows.length, 3, 2]), 'a.npy').track);
    }
  });

  const nan = rows.map((row, i) => (i === 40 ? [Number.NaN, ...row.slice(1)] : row));
  it.each<[string, Uint8Array, RegExp]>([
    ['is empty', new Uint8Array(), /holds no numbers\. Give a \.npy, \.csv/],
    ['is a zip archive', text('PK\u0003\u0004 an archive'), /zip archive \(\.npz is one too\)/],
    ['is a picture', Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 1, 2, 3), /is a picture/],
    ['is gzipped', Uint8Array.of(0x1f, 0x8b, 8, 0), /is gzipped; unpack it/],
    ['is no text', Uint8Array.of(65, 0, 66, 0), /is no text and no NumPy array/],
    ['is cut in its header', formatNpy(harbour).subarray(0, 40), /cut off in its header/],
    ['is cut before its header', formatNpy(harbour).subarray(0, 8), /cut off in its header/],
    ['is cut in its data', formatNpy(harbour).subarray(0, -8), /cut off in its data/],
    ['holds Python objects', npyOf(rows, '|O', 'C'), /Python objects \(a pickle\), which are not opened/],
    ['holds complex numbers', npyOf(rows, '<c16', 'C'), /values of the type <c16; save numbers/],
    ['is structured', npyOf(rows, "[('x', '<f8')]", 'C'), /structured array/],
    ['lies on its side', npyOf(rows, '<f8', 'C', [6, rows.length]), /lies on its side; save it as array\.T/],
    [
      'has four columns',
      npyOf(
        rows.map((row) => row.slice(0, 4)),
        '<f8',
        'C',
      ),
      /has 4 columns; it needs 6/,
    ],
    ['is one-dimensional', npyOf(rows, '<f8', 'C', [rows.length * 6]), /shape \(\d+\); a track is a table/],
    ['has two points', npyOf(rows.slice(0, 2), '<f8', 'C'), /has 2 points; it needs 4 to 100000/],
    [
      'is all one point',
      npyOf(
        rows.map(() => rows[0] as number[]),
        '<f8',
        'C',
      ),
      /fewer than 4 different/,
    ],
    ['claims a billion points', npyOf(rows, '<f8', 'C', [1_000_000_000, 6]), /has 1000000000 points/],
    ['has a coordinate that is no number', npyOf(nan, '<f8', 'C'), /coordinate at point 41 that is no number/],
  ])('that %s is refused', (_what, bytes, message) => {
    expect(refusal(bytes)).toMatch(/^track-invalid: The track Route /);
    expect(refusal(bytes)).toMatch(message);
  });
});

describe('a table of text', () => {
  const german = text(
    `x;y;ix;iy;ox;oy\r\n${rows.map((row) => row.map((value) => String(value).replace('.', ',')).join(';')).join('\r\n')}`,
  );
  it.each<[string, Uint8Array, RegExp[]]>([
    ['with commas', csv(rows), []],
    ['with tabs', csv(rows, '\t'), []],
    ['with spaces', csv(rows, '   '), []],
    ['with semicolons and decimal commas, as Excel saves it', german, [/Line 1 is taken for a header/]],
    ['with a byte order mark', new Uint8Array([0xef, 0xbb, 0xbf, ...csv(rows)]), []],
    ['as numpy.savetxt heads it', text(`# x,y\n${new TextDecoder().decode(csv(rows))}\n`), []],
    ['as NumPy prints it', text(`[${rows.map((row) => `[ ${row.join('  ')} ]`).join('\n ')}]`), []],
    [
      'as pandas saves it',
      text(`,0,1,2,3,4,5\n${rows.map((row, i) => [i, ...row].join(',')).join('\n')}`),
      [/Line 1 is taken for a header/, /first column counts the rows/],
    ],
    ['as Python prints tuples', text(`[${rows.map((row) => `(${row.join(', ')})`).join(', ')},]`), []],
    ['as lists', text(JSON.stringify(rows)), []],
    ['as waypoints', text(JSON.stringify({ waypoints: rows })), []],
  ])('%s is the same track', (_what, bytes, expected) => {
    const { track, notes, faults } = readTrackFile(bytes, 'Table.csv');
    expectHarbour(track);
    expect(notes).toEqual(expected.map((note) => expect.stringMatching(note)));
    expect(faults).toEqual([]);
  });

  it.each<[string, string, RegExp]>([
    ['a word in a row', '0,0\n1,0\n1,one\n0,1', /has "one" in line 3, which is no number/],
    ['rows of different lengths', '0,0\n1,0\n1,1,1\n0,1', /2 numbers in row 1 and 3 in row 3/],
    ['a page of a website', '<!doctype html>\n<html>', /holds no table/],
    ['JSON that is cut', '{"waypoints": [[0, 0], [1', /is not JSON \(/],
    ['JSON of something else', '{"lap": 3}', /holds lap; it needs segments/],
    ['JSON of a word', '"track"', /holds no table|no number/],
  ])('with %s is refused', (_what, content, message) => {
    expect(refusal(text(content))).toMatch(message);
  });
});

describe('GeoJSON', () => {
  const closed = (line: 'centre' | 'inner' | 'outer') => {
    const column = { centre: 0, inner: 2, outer: 4 }[line];
    return [...rows, rows[0] as number[]].map((row) => row.slice(column, column + 2));
  };
  const feature = (type: string, coordinates: unknown, properties: object = {}) => ({
    type: 'Feature',
    properties,
    geometry: { type, coordinates },
  });
  const collection = (...features: object[]) => text(JSON.stringify({ type: 'FeatureCollection', features }));

  it('of three named lines is the same track', () => {
    const bytes = collection(
      feature('LineString', closed('outer'), { name: 'outer border' }),
      feature('LineString', closed('centre'), { role: 'centerline' }),
      feature('LineString', closed('inner'), { name: 'inner border' }),
    );
    const { track, faults } = readTrackFile(bytes, 'hall.geojson');
    expectHarbour(track);
    expect(faults).toEqual([]);
  });

  it('of a polygon with a hole gets its centre line in the middle', () => {
    const { track, notes, faults } = readTrackFile(
      collection(feature('Polygon', [closed('outer'), closed('inner')])),
      'hall.geojson',
    );
    expect(track.lengthM).toBeCloseTo(harbour.lengthM, 0);
    expect(track.widthM).toBeCloseTo(harbour.widthM, 1);
    expect(faults).toEqual([]);
    expect(notes.join(' ')).toMatch(/taken for the borders by what they enclose.*laid in the middle/);
  });

  it('in degrees is not taken for metres', () => {
    const degrees = closed('centre').map(([x = 0, y = 0]) => [11.5 + x * 1e-5, 48.1 + y * 1e-5]);
    expect(refusal(collection(feature('LineString', degrees)))).toMatch(/degrees on the Earth.*project it to metres/);
  });
});

describe('what is odd about a track', () => {
  it.each([
    [
      'centimetres',
      100,
      /76|66|6\d(\.\d+)? wide, so its lengths are taken for centimetres: 0\.\d+ m wide, 1\d\.\d+ m long/,
    ],
    ['millimetres', 1000, /taken for millimetres/],
    ['inches', 1 / 0.0254, /taken for inches/],
    ['feet', 1 / 0.3048, /taken for feet/],
  ])('%s are recognised by the width, and said', (_unit, factor, note) => {
    const { track, notes } = readTrackFile(npyOf(scaled(factor), '<f8', 'C'), 'a.npy');
    expectHarbour(track, 1e-6);
    expect(notes).toEqual([expect.stringMatching(note)]);
  });

  it('a width that is no unit’s is refused, and one that is too large before anything is built', () => {
    expect(refusal(npyOf(scaled(10), '<f8', 'C'))).toMatch(
      /road 6\.\d+ wide and 1\d\d\.\d long, which fits .* in no unit/,
    );
    expect(refusal(npyOf(scaled(100), '<f8', 'C'), { unit: 'm' })).toMatch(
      /16\d\d m long in a room of .*At most 500 m/,
    );
  });

  it('an open track is no ring; one with a small gap is closed where that is asked for', () => {
    const half = npyOf(rows.slice(0, rows.length / 2), '<f8', 'C');
    expect(refusal(half)).toMatch(/is open: it ends \d+\.\d\d m from where it begins\. A race needs a ring/);
    expect(refusal(half, { close: true })).toMatch(/A race needs a ring/);
    const gap = npyOf(rows.slice(0, -12), '<f8', 'C');
    expect(refusal(gap)).toMatch(/is open: .* ask for it to be closed with a straight/);
    const { notes, track } = readTrackFile(gap, 'a.npy', { close: true });
    expect(notes).toEqual([expect.stringMatching(/is closed with a straight/)]);
    expect(track.lengthM).toBeCloseTo(harbour.lengthM, 0);
  });

  it('a ring whose last point is not the first again is one, without a word', () => {
    const { notes, faults } = readTrackFile(npyOf(rows, '<f8', 'C'), 'a.npy');
    expect([notes, faults]).toEqual([[], []]);
  });

  it('more points than a track needs are thinned', () => {
    const fine = Array.from({ length: 30_000 }, (_, i) => {
      const { x, y } = harbour.at((i / 30_000) * harbour.lengthM);
      return [x, y];
    });
    const { track, notes } = readTrackFile(csv(fine), 'fine.csv', { widthM: 0.6 });
    expect(track.lengthM).toBeCloseTo(harbour.lengthM, 1);
    expect(track.centre.count).toBeLessThan(1700);
    expect(notes[0]).toMatch(/^Of its 30000 points 1\d\d\d are kept, one a centimetre/);
    expect(
      refusal(
        npyOf(
          Array.from({ length: 100_001 }, () => [0, 0]),
          '<f4',
          'C',
        ),
      ),
    ).toMatch(/needs 4 to 100000/);
  });

  it('a line without borders gets a road, and is told from a racing line', () => {
    for (const columns of [2, 3]) {
      const line = rows.map((row) => row.slice(0, columns));
      const { track, notes } = readTrackFile(csv(line), 'line.csv');
      expect(track.widthM).toBeCloseTo(0.6096, 2);
      expect(notes).toEqual([
        expect.stringMatching(/without borders \(\d columns\): a road of 0\.61 m is laid round it/),
      ]);
      expect(readTrackFile(csv(line), 'line.csv', { widthM: 0.762 }).track.widthM).toBeCloseTo(0.762, 2);
    }
  });

  const shifted = (count: number, from: number, to: number) =>
    rows.map((row, i) =>
      row.map((value, j) => (j >= from && j < to ? (rows[(i + count) % rows.length]?.[j] ?? 0) : value)),
    );
  const turned = (from: number) =>
    rows.map((row, i) =>
      row.map((value, j) => (j >= from && j < from + 2 ? (rows[rows.length - 1 - i]?.[j] ?? 0) : value)),
    );
  it.each<[string, number[][], RegExp]>([
    [
      'borders rolled by 60 rows',
      shifted(60, 2, 6),
      /out of step with the centre line: those of point \d+ lie \d\.\d\d m/,
    ],
    ['the outer border rolled by 100 rows', shifted(100, 4, 6), /out of step with the centre line/],
    ['the inner border the other way round', turned(2), /out of step .* the inner one runs the other way round/],
    [
      'the centre line beside the road',
      rows.map(([, , ix = 0, iy = 0, ox = 0, oy = 0]) => [ix - (ox - ix), iy - (oy - iy), ix, iy, ox, oy]),
      /centre line is outside the road at \d+ of \d+ points \(point \d+ the first\)/,
    ],
    [
      'a figure of eight',
      Array.from({ length: 400 }, (_, i) => {
        const t = (i / 400) * 2 * Math.PI;
        const [dx, dy] = [3 * Math.cos(t), 4 * Math.cos(2 * t)];
        const scale = 0.33 / Math.hypot(dx, dy);
        const [x, y] = [3 * Math.sin(t), 2 * Math.sin(2 * t)];
        return [x, y, x - dy * scale, y + dx * scale, x + dy * scale, y - dx * scale];
      }),
      /The road crosses itself: at \d+\.\d\d m and \d+\.\d\d m/,
    ],
  ])('%s are drawn, told, and not raced on', (_what, table, fault) => {
    const bytes = npyOf(table, '<f8', 'C');
    expect(readTrackFile(bytes, 'a.npy').faults).toEqual([expect.stringMatching(fault)]);
    expect(() => readRaceTrack(bytes, 'a.npy')).toThrow(fault);
  });

  it('exchanged borders are put right, and said', () => {
    const exchanged = rows.map(([x = 0, y = 0, a = 0, b = 0, c = 0, d = 0]) => [x, y, c, d, a, b]);
    const { track, notes, faults } = readTrackFile(npyOf(exchanged, '<f8', 'F'), 'a.npy');
    expectHarbour(track);
    expect(faults).toEqual([]);
    expect(notes).toEqual([expect.stringMatching(/inner and outer border are exchanged/)]);
  });

  it('a file of ours that is too large is refused before it is built', () => {
    const straight = { kind: 'straight', lengthM: 95 };
    const arc = { kind: 'arc', radiusM: 95, turnDeg: 180 };
    const ours = JSON.parse(readFileSync(file, 'utf8')) as object;
    const large = JSON.stringify({ ...ours, segments: [straight, arc, straight, arc] });
    expect(refusal(text(large))).toMatch(/is 787 m long\. At most 500 m/);
    const wide = JSON.stringify({
      ...ours,
      segments: [straight, { ...arc, radiusM: 40 }, straight, { ...arc, radiusM: 40 }],
    });
    expect(refusal(text(wide))).toMatch(/in a room of 176 by 81 m/);
  });
});

describe('a track kept as lines', () => {
  it('is the same track again, names and look with it', () => {
    const { track } = readTrackFile(npyOf(rows, '<f8', 'C'), 'My Hall.npy', { name: 'My hall' });
    const again = parseTrack(JSON.stringify(routeDescription(track)), 'it');
    expect(again.centre.points).toEqual(track.centre.points);
    expect([again.id, again.name, again.version]).toEqual(['my-hall', 'My hall', 1]);
  });
});

describe('whatever the file', () => {
  const reads = (bytes: Uint8Array) => {
    try {
      readTrackFile(bytes, 'fuzz.npy');
    } catch (error) {
      expect(isPitwallError(error)).toBe(true);
      expect((error as Error).message.length).toBeLessThan(600);
    }
  };
  const whole = npyOf(rows, '<f8', 'F');

  it('bytes are read or refused with one sentence', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), reads), { numRuns: 300 });
  });

  it('a damaged array is read or refused with one sentence', () => {
    const damage = fc.array(fc.tuple(fc.nat(whole.length - 1), fc.nat(255)), { minLength: 1, maxLength: 8 });
    fc.assert(
      fc.property(damage, fc.nat(whole.length), (changes, length) => {
        const bytes = whole.slice(0, length > whole.length / 2 ? undefined : length * 2);
        for (const [at, value] of changes) if (at < bytes.length) bytes[at] = value;
        reads(bytes);
      }),
      { numRuns: 60 },
    );
  });

  it('JSON and rows of numbers are read or refused with one sentence', () => {
    const number = fc.oneof(fc.double(), fc.integer({ min: -20, max: 20 }));
    const table = fc.array(fc.array(number, { minLength: 1, maxLength: 7 }), { maxLength: 12 });
    fc.assert(
      fc.property(
        fc.oneof(
          table,
          fc.jsonValue(),
          table.map((waypoints) => ({ waypoints })),
        ),
        (value) => {
          reads(text(JSON.stringify(value)));
          if (Array.isArray(value)) reads(text(value.map(String).join('\n')));
        },
      ),
      { numRuns: 200 },
    );
  });
});
