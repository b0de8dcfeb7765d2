import { readFile } from 'node:fs/promises';
import { isPitwallError, PitwallError } from '@pitwall/protocol';
import { decodeNetpbm, isNetpbm } from './netpbm.js';
import { type Raster, resizeBilinear, toGrey } from './resize.js';

const maxPixels = 50_000_000;
/** What pictures of a track come as; the decoder behind knows more, such as documents that name other files. */
const formats = new Set<string | undefined>(['png', 'jpeg', 'webp', 'gif', 'tiff']);

/**
 * A picture file (PNG, JPEG, PGM, PPM; any size) as a camera plane: turned upright, resized bilinearly to 160×120, then
 * greyed, as in training. A grey picture of 160×120 is taken as it is.
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
  if (isNetpbm(bytes)) return decodeNetpbm(bytes, path, maxPixels);
  const refused = (why: string, cause?: unknown) => new PitwallError('picture-invalid', `${path} ${why}.`, { cause });
  const unreadable = 'is not a picture that can be read (PNG, JPEG, PGM or PPM)';
  try {
    // Loaded only here: a car that drives reads no picture files.
    const { default: sharp } = await import('sharp');
    const image = sharp(bytes, { limitInputPixels: false, failOn: 'error' });
    const metadata = await image.metadata();
    if (!formats.has(metadata.format)) throw refused(unreadable);
    if ((metadata.width ?? 0) * (metadata.height ?? 0) > maxPixels)
      throw refused(`has ${metadata.width}×${metadata.height} pixels; at most ${maxPixels / 1e6} million are read`);
    const grey = metadata.space === 'b-w' || metadata.space === 'grey16';
    const { data, info } = await image
      .rotate()
      .flatten({ background: '#000' })
      .toColourspace(grey ? 'b-w' : 'srgb')
      .raw()
      .toBuffer({ resolveWithObject: true });
    if (info.channels !== 1 && info.channels !== 3) throw new Error(`${info.channels} channels`);
    return { width: info.width, height: info.height, channels: info.channels, data };
  } catch (cause) {
    throw isPitwallError(cause) ? cause : refused(unreadable, cause);
  }
}
