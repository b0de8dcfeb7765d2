import { readNumber } from './npy-number.js';
import { demandRows, type Table, type Wrong } from './table.js';
import type { Track } from './track.js';

const magic = [0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59];

export const isNpy = (bytes: Uint8Array): boolean => magic.every((byte, i) => bytes[i] === byte);

/**
 * Reads the table of a NumPy file: any float or integer type, either byte order, in rows (C order) or in columns (Fortran
 * order, what `numpy.vstack(…).T` saves). Format: numpy/lib/format.py, versions 1 to 3.
 * @throws what `wrong` makes
 */
export function readNpy(bytes: Uint8Array, wrong: Wrong): Table {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const long = (bytes[6] as number) >= 2;
  const headerStart = long ? 12 : 10;
  if (bytes.length < headerStart) throw wrong('is cut off in its header; copy it again.');
  const headerEnd = headerStart + (long ? view.getUint32(8, true) : view.getUint16(8, true));
  if (headerEnd > bytes.length) throw wrong('is cut off in its header; copy it again.');
  const header = String.fromCharCode(...bytes.subarray(headerStart, Math.min(headerEnd, headerStart + 4096)));
  if (/'descr':\s*\[/.test(header)) {
    throw wrong('holds a structured array; save its columns as numbers: numpy.save(file, numpy.column_stack([…])).');
  }
  const type = /'descr':\s*'([^']*)'/.exec(header)?.[1];
  const sizes = /'shape':\s*\(([\d,\s]*)\)/.exec(header)?.[1];
  const shape = sizes === undefined ? undefined : (sizes.match(/\d+/g) ?? []).map(Number);
  const fortran = /'fortran_order':\s*(True|False)/.exec(header)?.[1];
  if (type === undefined || shape === undefined || fortran === undefined) {
    throw wrong('has a header that NumPy did not write; save it with numpy.save(file, array).');
  }
  if (type.includes('O')) {
    throw wrong('holds Python objects (a pickle), which are not opened; save numbers: array.astype(float).');
  }
  const number = readNumber(type);
  if (number === undefined) throw wrong(`holds values of the type ${type}; save numbers: array.astype(float).`);
  // (N, 3, 2) is (N, 6) by another name: centre, inner and outer point of each row.
  const [rows = 0, columns = 0] = shape.length === 3 && shape[1] === 3 && shape[2] === 2 ? [shape[0], 6] : shape;
  if (shape.length !== 2 && columns !== 6) {
    throw wrong(`holds an array of shape (${shape.join(', ')}); a track is a table: one row for each point.`);
  }
  demandRows(rows, columns, wrong);
  if (headerEnd + rows * columns * number.bytes > bytes.length) throw wrong('is cut off in its data; copy it again.');
  const read = number.reader(view, headerEnd, rows * columns);
  const values = new Float64Array(rows * columns);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < columns; j++) {
      // In Fortran order the first index runs fastest; of (N, 3, 2) column 2k + m is the point k, its coordinate m.
      const column = shape.length === 3 ? (j % 2) * 3 + Math.floor(j / 2) : j;
      values[i * columns + j] = read(fortran === 'True' ? column * rows + i : i * columns + j);
    }
  }
  return { rows, columns, values, notes: [] };
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
