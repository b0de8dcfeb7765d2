import { halfToFloat } from './float16.js';

/** How the file formats store numbers, all little-endian; booleans are bytes. */
export type Stored = 'float32' | 'float64' | 'float16' | 'int32' | 'int64' | 'byte';

export const storedBytes: Readonly<Record<Stored, number>> = {
  float32: 4,
  float64: 8,
  float16: 2,
  int32: 4,
  int64: 8,
  byte: 1,
};

/**
 * The numbers in a part of a file; float32 as they lie there where they begin at a multiple of four bytes, all others
 * copied. Bytes after the last whole number do not count.
 */
export function storedNumbers(bytes: Uint8Array, stored: Stored): Float32Array | Float64Array {
  const width = storedBytes[stored];
  const count = Math.floor(bytes.length / width);
  const { buffer, byteOffset } = bytes.byteOffset % width === 0 ? bytes : new Uint8Array(bytes);
  if (stored === 'float32') return new Float32Array(buffer, byteOffset, count);
  if (stored === 'float64') return new Float64Array(buffer, byteOffset, count);
  if (stored === 'int32') return new Float64Array(new Int32Array(buffer, byteOffset, count));
  if (stored === 'byte') return new Float64Array(new Uint8Array(buffer, byteOffset, count));
  const view = new DataView(buffer, byteOffset);
  const numbers = stored === 'float16' ? new Float32Array(count) : new Float64Array(count);
  for (let at = 0; at < count; at += 1) {
    numbers[at] =
      stored === 'float16' ? halfToFloat(view.getUint16(2 * at, true)) : Number(view.getBigInt64(8 * at, true));
  }
  return numbers;
}
