/** How one type of NumPy's numbers lies in a file. */
export interface NumberType {
  readonly bytes: number;
  /** Reads the values of a file by their index; they begin at `start` and are `count`. */
  reader(view: DataView, start: number, count: number): (index: number) => number;
}

/** The type that a header's `descr` names ('<f8', '>i4', '|u1'); undefined where it is no real number. */
export function readNumber(descr: string): NumberType | undefined {
  const [, order, kind, size] = /^([<>|=])([fiu])(\d+)$/.exec(descr) ?? [];
  const little = order !== '>';
  const plain = (bytes: number, get: (view: DataView, at: number) => number): NumberType => ({
    bytes,
    reader: (view, start) => (index) => get(view, start + index * bytes),
  });
  switch (`${kind}${size}`) {
    case 'f2':
      return plain(2, (view, at) => half(view.getUint16(at, little)));
    case 'f4':
      return plain(4, (view, at) => view.getFloat32(at, little));
    case 'f8':
      return plain(8, (view, at) => view.getFloat64(at, little));
    case 'f16':
      return little ? { bytes: 16, reader: longDoubles } : undefined;
    case 'i1':
      return plain(1, (view, at) => view.getInt8(at));
    case 'i2':
      return plain(2, (view, at) => view.getInt16(at, little));
    case 'i4':
      return plain(4, (view, at) => view.getInt32(at, little));
    case 'i8':
      return plain(8, (view, at) => Number(view.getBigInt64(at, little)));
    case 'u1':
      return plain(1, (view, at) => view.getUint8(at));
    case 'u2':
      return plain(2, (view, at) => view.getUint16(at, little));
    case 'u4':
      return plain(4, (view, at) => view.getUint32(at, little));
    case 'u8':
      return plain(8, (view, at) => Number(view.getBigUint64(at, little)));
    default:
      return undefined;
  }
}

/** IEEE 754 binary16. */
function half(bits: number): number {
  const sign = bits & 0x8000 ? -1 : 1;
  const exponent = (bits >> 10) & 0x1f;
  const fraction = bits & 0x3ff;
  if (exponent === 31) return fraction === 0 ? sign * Infinity : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}

/**
 * A `longdouble` is what the computer has: the 80 bits of an x86, filled up to 16 bytes, or 128 bits on ARM. The 80 bits
 * spell out the leading one of their fraction, so that every value but zero has its bit 63 set; of the 128 bits it is one
 * of the last.
 */
function longDoubles(view: DataView, start: number, count: number): (index: number) => number {
  const low = (index: number) => view.getBigUint64(start + index * 16, true);
  let x86 = true;
  for (let index = 0; index < count && x86; index++) x86 = low(index) === 0n || low(index) >> 63n === 1n;
  return (index) => {
    const high = view.getUint16(start + index * 16 + (x86 ? 8 : 14), true);
    const sign = high & 0x8000 ? -1 : 1;
    const exponent = high & 0x7fff;
    if (exponent === 0) return 0;
    if (exponent === 0x7fff) return Number.NaN;
    if (x86) return sign * Number(low(index)) * 2 ** -63 * 2 ** (exponent - 16383);
    const upper = view.getBigUint64(start + index * 16 + 8, true) & 0xffffffffffffn;
    const fraction = Number((upper << 64n) | low(index)) * 2 ** -112;
    return sign * (1 + fraction) * 2 ** (exponent - 16383);
  };
}
