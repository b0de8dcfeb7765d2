import { readFile } from 'node:fs/promises';
import { PitwallError } from '@pitwall/protocol';
import sharp from 'sharp';
import { type Raster, resizeBilinear, toGrey } from './resize.js';

const maxPixels = 50_000_000;

/**
 * A picture file (PNG, JPEG, PGM, PPM; any size) as a camera plane: resized bilinearly to 160×120, then greyed, as in
 * training. A grey picture of 160×120 is taken as it is.
 * @throws PitwallError `not-found`, `picture-invalid`.
 */
export async function readPicture(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path).catch((cause: unknown) => {
    throw new PitwallError('not-found', `There is no picture ${path}.`, { cause });
  });
  return planeOf(bytes, path);
}

/** As {@link readPicture}, of a picture file's bytes. */
export async function planeOf(bytes: Buffer, name: string): Promise<Uint8Array> {
  const raster = await decode(bytes, name);
  if (raster.width === 160 && raster.height === 120) return toGrey(raster);
  return toGrey(resizeBilinear(raster, 160, 120));
}

/** Two planes, interleaved pixel by pixel, left first. */
export function interleave(left: Uint8Array, right: Uint8Array): Uint8Array {
  const both = new Uint8Array(2 * left.length);
  for (let at = 0; at < left.length; at += 1) {
    both[2 * at] = left[at] as number;
    both[2 * at + 1] = right[at] as number;
  }
  return both;
}

async function decode(bytes: Buffer, path: string): Promise<Raster> {
  if (bytes[0] === 0x50 && (bytes[1] === 0x35 || bytes[1] === 0x36)) return decodeNetpbm(bytes, path);
  try {
    const image = sharp(bytes, { limitInputPixels: maxPixels, failOn: 'error' }).flatten({ background: '#000' });
    const metadata = await image.metadata();
    const grey = metadata.space === 'b-w' || metadata.space === 'grey16';
    const { data, info } = await image
      .toColourspace(grey ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1 && info.channels !== 3) throw new Error(`${info.channels} channels`);
    return { width: info.width, height: info.height, channels: info.channels, data };
  } catch (cause) {
    throw new PitwallError('picture-invalid', `${path} is not a picture that can be read (PNG, JPEG, PGM or PPM).`, {
      cause,
    });
  }
}

/** Binary PGM (P5) and PPM (P6) with 8 bits a value (netpbm.sourceforge.net/doc/pgm.html). */
function decodeNetpbm(bytes: Buffer, path: string): Raster {
  const broken = () => new PitwallError('picture-invalid', `${path} is not a whole PGM or PPM picture of 8 bits.`);
  const header = bytes.subarray(0, 1000).toString('latin1');
  const matched = /^P[56](?:\s|#[^\n]*\n)+(\d{1,6})(?:\s|#[^\n]*\n)+(\d{1,6})(?:\s|#[^\n]*\n)+(\d{1,5})\s/.exec(header);
  if (matched === null || Number(matched[3]) !== 255) throw broken();
  const [width, height, channels] = [Number(matched[1]), Number(matched[2]), bytes[1] === 0x36 ? 3 : 1];
  const start = matched[0].length;
  const length = width * height * channels;
  if (length === 0 || width * height > maxPixels || bytes.length < start + length) throw broken();
  return { width, height, channels, data: bytes.subarray(start, start + length) };
}
