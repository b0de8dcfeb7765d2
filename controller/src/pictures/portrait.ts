import { PitwallError } from '@pitwall/protocol';
import { portraitLimits } from '@pitwall/protocol/api';
import { pictureFacts } from './picture-facts.js';

/** One at a time: a picture of 4096 × 4096 takes 64 MB while it is looked at. */
let last: Promise<unknown> = Promise.resolve();

/**
 * A racer's picture as everybody sees it: its pixels alone, square, written anew as WebP. What else a file holds (where a phone took it, its
 * owner, what hides behind a picture) is not taken over. @throws PitwallError `picture-invalid`
 */
export async function portraitOf(bytes: Buffer): Promise<Buffer> {
  const { width, height, type } = pictureFacts(bytes);
  const { pixels } = portraitLimits;
  if (width > pixels || height > pixels)
    throw new PitwallError(
      'picture-invalid',
      `The picture has ${width} × ${height} pixels; make it no wider and no higher than ${pixels}.`,
    );
  if (isAnimated(bytes, type))
    throw new PitwallError('picture-invalid', 'The picture moves; send one that stands still.');
  const turn = last.then(() => squareOf(bytes));
  last = turn.catch(() => undefined);
  return await turn;
}

async function squareOf(bytes: Buffer): Promise<Buffer> {
  const { default: sharp } = await import('sharp');
  sharp.cache(false);
  const { pixels, side } = portraitLimits;
  try {
    return await sharp(bytes, { limitInputPixels: pixels * pixels, failOn: 'error', pages: 1 })
      .autoOrient()
      .resize(side, side, { fit: 'cover' })
      .webp({ quality: 82 })
      .timeout({ seconds: 10 })
      .toBuffer();
  } catch (cause) {
    throw new PitwallError('picture-invalid', 'The picture is damaged, or cut short: send it anew.', { cause });
  }
}

/** APNG: `acTL` before its pixels (PNG, third edition, 11.3.6.1); WebP: the animation bit of `VP8X` (RFC 9649, 2.7.1). */
function isAnimated(bytes: Buffer, type: string): boolean {
  if (type === 'image/webp') return bytes.toString('latin1', 12, 16) === 'VP8X' && ((bytes[20] ?? 0) & 0x02) !== 0;
  if (type !== 'image/png') return false;
  for (let at = 8; at + 8 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
    const chunk = bytes.toString('latin1', at + 4, at + 8);
    if (chunk === 'acTL') return true;
    if (chunk === 'IDAT') return false;
  }
  return false;
}
