/// <reference types="node" />
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { PitwallError } from '../errors.js';
import { formatNpy, parseNpy, parseTrack } from './index.js';

const route = { id: 'route', name: 'Route' };
const file = new URL('../../tracks/harbour.json', import.meta.url);
const harbour = parseTrack(readFileSync(file, 'utf8'), 'harbour');
const bytes = formatNpy(harbour);

function refusal(broken: Uint8Array): PitwallError {
  try {
    parseNpy(broken, route);
  } catch (error) {
    if (error instanceof PitwallError) return error;
    throw error;
  }
  throw new Error('was accepted');
}

function withHeader(header: string): Uint8Array {
  const text = `${header}\n`;
  const out = new Uint8Array(10 + text.length + 6000);
  out.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, text.length & 0xff, text.length >> 8]);
  for (let i = 0; i < text.length; i++) out[10 + i] = text.charCodeAt(i);
  return out;
}

describe('a route file', () => {
  it('written and read is the same track', () => {
    const read = parseNpy(bytes, route);
    expect(read.centre.points).toEqual(harbour.centre.points);
    expect(read.inner.points).toEqual(harbour.inner.points);
    expect(read.outer.points).toEqual(harbour.outer.points);
    expect(read.lengthM).toBe(harbour.lengthM);
    expect(read.direction).toBe('counter-clockwise');
  });

  it('has its header aligned to 64 bytes, as NumPy writes it', () => {
    expect((bytes.length - (harbour.centre.count + 1) * 48) % 64).toBe(0);
  });

  const nan = Uint8Array.from(bytes);
  new DataView(nan.buffer).setFloat64(nan.length - 16, Number.NaN, true);
  it.each<[string, Uint8Array, RegExp]>([
    ['is empty', new Uint8Array(), /no NumPy array/],
    ['is something else', new TextEncoder().encode('PK\u0003\u0004 an archive'), /no NumPy array/],
    ['is cut in its header', bytes.subarray(0, 40), /cut off in its header/],
    ['is cut in its data', bytes.subarray(0, bytes.length - 8), /cut off in its data/],
    ['holds integers', withHeader("{'descr': '<i8', 'fortran_order': False, 'shape': (20, 6), }"), /no plain float64/],
    [
      'has columns first',
      withHeader("{'descr': '<f8', 'fortran_order': True, 'shape': (20, 6), }"),
      /no plain float64/,
    ],
    ['has two columns', withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (20, 2), }"), /2 columns/],
    ['has two points', withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 6), }"), /2 points/],
    ['is all one point', withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (20, 6), }"), /fewer than 4/],
    [
      'claims a billion points',
      withHeader("{'descr': '<f8', 'fortran_order': False, 'shape': (1000000000, 6), }"),
      /points/,
    ],
    ['has a coordinate that is no number', nan, /not a number of metres/],
  ])('that %s is refused', (_what, broken, message) => {
    const error = refusal(broken);
    expect(error.code).toBe('track-invalid');
    expect(error.message).toMatch(message);
  });
});
