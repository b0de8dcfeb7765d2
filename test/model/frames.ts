import { createReadStream, existsSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { createGunzip } from 'node:zlib';
import { openJpegDecoder } from '@pitwall/agent/hardware/pixels';
import tar from 'tar-stream';

const folder = fileURLToPath(new URL('../../../shared/data/frames/', import.meta.url));
/** Real frames lie beside the repository; elsewhere tests do without, and say so. In CI they must be there. */
export const haveFrames = existsSync(folder);
if (!haveFrames) console.log('skipped: ../shared/data/frames is not there; only random frames are used');
if (!haveFrames && process.env.CI === 'true') throw new Error('../shared/data/frames is missing');

export const framePath = (name: string): string => `${folder}${name}`;

/** Up to `most` real 160×120 grey frames. */
export async function realFrames(most: number): Promise<Uint8Array[]> {
  if (!haveFrames) return [];
  const frames: Uint8Array[] = ['camera-now', 'camera-next', 'stereo-left', 'stereo-right'].map((name) => {
    const bytes = readFileSync(framePath(`observation-${name}.pgm`));
    return new Uint8Array(bytes.subarray(bytes.length - 19_200));
  });
  const decoder = await openJpegDecoder();
  const extract = createReadStream(framePath('donkeycar-tub.tar.gz')).pipe(createGunzip()).pipe(tar.extract());
  for await (const entry of extract as AsyncIterable<AsyncIterable<Buffer> & { header: { name: string } }>) {
    const chunks: Buffer[] = [];
    for await (const chunk of entry) chunks.push(chunk);
    if (entry.header.name.endsWith('.jpg') && frames.length < most)
      frames.push(await decoder.decode(Buffer.concat(chunks)));
  }
  decoder.close();
  return frames.slice(0, most);
}

/** Flat noise, stripes and gradients, dark and bright: what makes rectifiers switch. */
export function randomFrame(bytes: number, next: () => number): Uint8Array {
  const [kind, low, high, period] = [next(), next() * 128, 128 + next() * 127, 2 + next() * 40];
  const frame = new Uint8Array(bytes);
  for (let at = 0; at < bytes; at += 1) {
    if (kind < 0.4) frame[at] = low + (high - low) * next();
    else if (kind < 0.7) frame[at] = (at % period) / period > 0.5 ? high : low;
    else frame[at] = low + ((high - low) * at) / bytes;
  }
  return frame;
}
