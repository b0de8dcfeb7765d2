import { PitwallError } from '../errors.js';
import { simulatorMarkings, Track } from './track.js';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];
const mostPoints = 100_000;

/**
 * Reads a DeepRacer route: NumPy's `.npy`, float64 (N, 6) with centre x, y, inner x, y, outer x, y.
 * @throws PitwallError `track-invalid`
 */
export function parseNpy(bytes: Uint8Array, route: { readonly id: string; readonly name: string }): Track {
  const wrong = (why: string) => new PitwallError('track-invalid', `The route ${route.name} ${why}`);
  if (bytes.length < 10 || magic.some((byte, i) => bytes[i] !== byte)) {
    throw wrong('is no NumPy array: a route is a .npy file as DeepRacer tools write it.');
  }
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (bytes[6] as number) >= 2;
  if (long && bytes.length < 12) throw wrong('is cut off in its header.');
  const headerStart = long ? 12 : 10;
  const headerEnd = headerStart + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (headerEnd > bytes.length) throw wrong('is cut off in its header.');
  const header = String.fromCharCode(...bytes.subarray(headerStart, Math.min(headerEnd, headerStart + 4096)));
  const type = /'descr':\s*'([<>|=])f(8|4)'/.exec(header);
  const shape = /'shape':\s*\((\d+),\s*(\d+),?\s*\)/.exec(header);
  if (type === null || shape === null || !/'fortran_order':\s*False/.test(header)) {
    throw wrong('holds no plain float64 table; save it with numpy.save(file, array of shape (N, 6)).');
  }
  const [count, columns] = [Number(shape[1]), Number(shape[2])];
  if (columns !== 6) throw wrong(`has ${columns} columns; it needs 6: centre x, y, inner x, y, outer x, y.`);
  if (count < 4 || count > mostPoints) throw wrong(`has ${count} points; it needs 4 to ${mostPoints}.`);
  const little = type[1] !== '>';
  const size = type[2] === '8' ? 8 : 4;
  if (headerEnd + count * 6 * size > bytes.length) throw wrong('is cut off in its data.');

  const rows: number[][] = [];
  for (let i = 0; i < count; i++) {
    const row: number[] = [];
    for (let j = 0; j < 6; j++) {
      const at = headerEnd + (i * 6 + j) * size;
      row.push(size === 8 ? view.getFloat64(at, little) : view.getFloat32(at, little));
    }
    if (!row.every((value) => Number.isFinite(value) && Math.abs(value) < 1e4)) {
      throw wrong(`has a coordinate at point ${i} that is not a number of metres below 10,000.`);
    }
    rows.push(row);
  }
  return trackFromRows(rows, route, wrong);
}

/** Writes a track as a route, closed (the first point stands again at the end), as other tools expect it. */
export function formatNpy(track: Track): Uint8Array {
  const count = track.centre.count + 1;
  const dictionary = `{'descr': '<f8', 'fortran_order': False, 'shape': (${count}, 6), }`;
  const padded = `${dictionary.padEnd(Math.ceil((dictionary.length + 11) / 64) * 64 - 11)}\n`;
  const bytes = new Uint8Array(10 + padded.length + count * 48);
  bytes.set([...magic, 1, 0, padded.length & 0xff, padded.length >> 8]);
  for (let i = 0; i < padded.length; i++) bytes[10 + i] = padded.charCodeAt(i);
  const view = new DataView(bytes.buffer);
  for (let i = 0; i < count; i++) {
    const from = 2 * (i % track.centre.count);
    [track.centre, track.inner, track.outer].forEach((line, k) => {
      const at = 10 + padded.length + i * 48 + k * 16;
      view.setFloat64(at, line.points[from] as number, true);
      view.setFloat64(at + 8, line.points[from + 1] as number, true);
    });
  }
  return bytes;
}

function trackFromRows(
  rows: number[][],
  route: { readonly id: string; readonly name: string },
  wrong: (why: string) => PitwallError,
): Track {
  // Real routes repeat the first point at the end, and some repeat points in between.
  const distinct = rows.filter((row, i) => {
    const before = rows[(i + rows.length - 1) % rows.length] as number[];
    return Math.hypot((row[0] as number) - (before[0] as number), (row[1] as number) - (before[1] as number)) > 1e-9;
  });
  const kept = closes(rows) ? [rows[0] as number[], ...distinct.slice(0, -1)] : distinct;
  if (kept.length < 4) throw wrong('has fewer than 4 different points.');
  const line = (column: number) => Float64Array.from(kept.flatMap((row) => row.slice(column, column + 2)));
  const [centre, a, b] = [line(0), line(2), line(4)];
  const [inner, outer] = Math.abs(area(a)) <= Math.abs(area(b)) ? [a, b] : [b, a];
  return new Track({ ...route, version: 1, centre, inner, outer, markings: simulatorMarkings, lookSeed: 0 });
}

function closes(rows: number[][]): boolean {
  const [first, last] = [rows[0] as number[], rows.at(-1) as number[]];
  return Math.hypot((first[0] as number) - (last[0] as number), (first[1] as number) - (last[1] as number)) <= 1e-9;
}

function area(points: Float64Array): number {
  let twice = 0;
  for (let i = 0; i < points.length; i += 2) {
    const next = (i + 2) % points.length;
    twice +=
      (points[i] as number) * (points[next + 1] as number) - (points[next] as number) * (points[i + 1] as number);
  }
  return twice / 2;
}
