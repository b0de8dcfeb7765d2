import { PitwallError } from '@pitwall/protocol';
import type { Raster } from './resize.js';

const magic = /^P[2356]\s/;
const gap = '(?:\\s|#[^\\n]*\\n)+';
const heading = new RegExp(`^P([2356])${gap}(\\d{1,6})${gap}(\\d{1,6})${gap}(\\d{1,5})\\s`);

export const isNetpbm = (bytes: Buffer): boolean => magic.test(bytes.toString('latin1', 0, 3));

/**
 * PGM (P5, P2) and PPM (P6, P3), as bytes or as text, of any depth (netpbm.sourceforge.net/doc/pgm.html), brought to
 * 0…255.
 * @throws PitwallError `picture-invalid`
 */
export function decodeNetpbm(bytes: Buffer, path: string, maxPixels: number): Raster {
  const broken = (why: string) =>
    new PitwallError('picture-invalid', `${path} is not a whole PGM or PPM picture: ${why}.`);
  const matched = heading.exec(bytes.toString('latin1', 0, 1000));
  if (matched === null) throw broken('its heading is damaged');
  const [kind = 0, width = 0, height = 0, most = 0] = matched.slice(1).map(Number);
  const channels = kind === 3 || kind === 6 ? 3 : 1;
  if (width * height === 0 || width * height > maxPixels) throw broken(`it says that it has ${width}×${height} pixels`);
  if (most < 1 || most > 65_535) throw broken(`it says that white is ${most}`);
  const body = bytes.subarray(matched[0].length);
  const count = width * height * channels;
  const values = kind < 4 ? written(body, count) : stored(body, count, most > 255);
  if (values === undefined) throw broken('it is cut short');
  if (values.some((value) => value > most)) throw broken(`it has a value over ${most}`);
  const data = most === 255 ? values : Uint8Array.from(values, (value) => Math.round((value * 255) / most));
  return { width, height, channels, data: data instanceof Uint8Array ? data : Uint8Array.from(data) };
}

/** Above 255 each value takes two bytes, the larger part first. */
function stored(body: Buffer, count: number, wide: boolean): Uint8Array | Uint16Array | undefined {
  if (body.length < count * (wide ? 2 : 1)) return undefined;
  return wide ? Uint16Array.from({ length: count }, (_, at) => body.readUInt16BE(2 * at)) : body.subarray(0, count);
}

function written(body: Buffer, count: number): Uint16Array | undefined {
  const numbers = body.toString('latin1').match(/\d{1,5}/g) ?? [];
  return numbers.length < count ? undefined : Uint16Array.from(numbers.slice(0, count), Number);
}
