import type { Track } from '../src/track/index.js';

export type Order = 'C' | 'F';

/** A track's rows: centre, inner, outer. */
export const rowsOf = (track: Track): number[][] =>
  Array.from({ length: track.centre.count }, (_, i) =>
    [track.centre, track.inner, track.outer].flatMap(({ points }) => [...points.slice(2 * i, 2 * i + 2)]),
  );

/** A NumPy file (numpy/lib/format.py, version 1) of a table, in any type and order. */
export function npyOf(rows: readonly (readonly number[])[], type: string, order: Order, shape?: number[]): Uint8Array {
  const columns = rows[0]?.length ?? 0;
  const size = Number(/\d+$/.exec(type)?.[0] ?? 8);
  const descr = type.startsWith('[') ? type : `'${type}'`;
  const sizes = shape ?? [rows.length, columns];
  const tuple = sizes.length === 1 ? `${sizes[0]},` : sizes.join(', ');
  const fortran = order === 'F' ? 'True' : 'False';
  const header = `{'descr': ${descr}, 'fortran_order': ${fortran}, 'shape': (${tuple}), }\n`;
  const bytes = new Uint8Array(10 + header.length + rows.length * columns * size);
  bytes.set([0x93, 0x4e, 0x55, 0x4d, 0x50, 0x59, 1, 0, header.length & 0xff, header.length >> 8]);
  bytes.set(new TextEncoder().encode(header), 10);
  const view = new DataView(bytes.buffer, 10 + header.length);
  const three = shape?.length === 3;
  rows.forEach((row, i) => {
    row.forEach((value, j) => {
      const column = three ? (j % 2) * 3 + Math.floor(j / 2) : j;
      put(view, (order === 'F' ? column * rows.length + i : i * columns + j) * size, type, value);
    });
  });
  return bytes;
}

function put(view: DataView, at: number, type: string, value: number): void {
  const little = type[0] !== '>';
  const puts: Readonly<Record<string, () => void>> = {
    f2: () => view.setUint16(at, halfOf(value), little),
    f4: () => view.setFloat32(at, value, little),
    f8: () => view.setFloat64(at, value, little),
    f16: () => extended(view, at, value),
    i2: () => view.setInt16(at, value, little),
    i4: () => view.setInt32(at, value, little),
    i8: () => view.setBigInt64(at, BigInt(value), little),
    u2: () => view.setUint16(at, value, little),
    u4: () => view.setUint32(at, value, little),
    u8: () => view.setBigUint64(at, BigInt(value), little),
  };
  puts[type.slice(1)]?.();
}

/** Normal numbers only, rounded towards zero. */
function halfOf(value: number): number {
  if (Math.abs(value) < 2 ** -14) return 0;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  const fraction = Math.floor((Math.abs(value) / 2 ** exponent - 1) * 1024);
  return (value < 0 ? 0x8000 : 0) | ((exponent + 15) << 10) | fraction;
}

/** The 80 bits of an x86, little-endian: a fraction that spells out its leading one, sign and exponent. */
function extended(view: DataView, at: number, value: number): void {
  if (value === 0) return;
  const exponent = Math.floor(Math.log2(Math.abs(value)));
  view.setBigUint64(at, BigInt((Math.abs(value) / 2 ** exponent) * 2 ** 63), true);
  view.setUint16(at + 8, (value < 0 ? 0x8000 : 0) | (exponent + 16383), true);
}
