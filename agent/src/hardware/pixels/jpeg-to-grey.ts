import { PitwallError } from '@pitwall/protocol';
import { averageTo, planeBytes, planeHeight, planeWidth } from './grey-plane.js';
import { turboLibrary } from './libjpeg-turbo.js';

/** Turns a camera's JPEG into the grey 160×120 plane that policies take. */
export interface JpegDecoder {
  /** `libturbojpeg` decodes small and grey at once; `sharp` is the slow way that always works. */
  readonly how: 'libturbojpeg' | 'sharp';
  /** Why the slow way was taken. */
  readonly reason?: string;
  /**
   * @param out reused if given; else a new plane
   * @throws PitwallError `frame-invalid` for a damaged frame.
   */
  decode(jpeg: Uint8Array, out?: Uint8Array): Promise<Uint8Array>;
  /** Idempotent. */
  close(): void;
}

const maxSide = 8192;
/** turbojpeg.h: TJPF_GRAY. */
const greyPixels = 6;

/**
 * libjpeg-turbo through koffi where both are there, else sharp, with the reason: callers should log it.
 * @param names of the library, tried in turn
 */
export async function openJpegDecoder(names?: readonly string[]): Promise<JpegDecoder> {
  const { library, reason } = await turboLibrary(names);
  if (library === undefined) return new SharpDecoder(reason ?? 'the fast one is missing');
  try {
    return new TurboDecoder(library);
  } catch (error) {
    return new SharpDecoder(`libturbojpeg is of no use: ${error instanceof Error ? error.message : error}`);
  }
}

interface Library {
  func(definition: string): (...values: unknown[]) => unknown;
}

class TurboDecoder implements JpegDecoder {
  readonly how = 'libturbojpeg';
  private readonly header: (...values: unknown[]) => unknown;
  private readonly decompress: (...values: unknown[]) => unknown;
  private readonly destroy: (...values: unknown[]) => unknown;
  private readonly errorText: (...values: unknown[]) => unknown;
  private handle: unknown;
  private readonly sizes = {
    width: new Int32Array(1),
    height: new Int32Array(1),
    sampling: new Int32Array(1),
    colours: new Int32Array(1),
  };
  private scaled = new Uint8Array(0);

  constructor(library: Library) {
    const create = library.func('void *tjInitDecompress()');
    this.header = library.func(
      'int tjDecompressHeader3(void *handle, const uint8_t *jpeg, unsigned long size, int *width, int *height, int *sampling, int *colours)',
    );
    this.decompress = library.func(
      'int tjDecompress2(void *handle, const uint8_t *jpeg, unsigned long size, uint8_t *out, int width, int pitch, int height, int format, int flags)',
    );
    this.destroy = library.func('int tjDestroy(void *handle)');
    this.errorText = library.func('const char *tjGetErrorStr2(void *handle)');
    this.handle = create();
    if (this.handle === null) throw new Error('tjInitDecompress gave nothing');
  }

  async decode(jpeg: Uint8Array, out: Uint8Array = new Uint8Array(planeBytes)): Promise<Uint8Array> {
    if (this.handle === null) throw new PitwallError('internal-error', 'The JPEG decoder was closed.');
    const { width, height, sampling, colours } = this.sizes;
    if (this.header(this.handle, jpeg, jpeg.length, width, height, sampling, colours) !== 0) throw this.broken(jpeg);
    const [w, h] = [width[0] as number, height[0] as number];
    if (w < 1 || h < 1 || w > maxSide || h > maxSide) throw this.broken(jpeg);
    // The DCT itself can give any eighth of the size: the smallest that is still large enough.
    let eighths = 1;
    while (eighths < 8 && (Math.ceil((w * eighths) / 8) < planeWidth || Math.ceil((h * eighths) / 8) < planeHeight))
      eighths += 1;
    const [small, low] = [Math.ceil((w * eighths) / 8), Math.ceil((h * eighths) / 8)];
    const exact = small === planeWidth && low === planeHeight;
    if (!exact && this.scaled.length !== small * low) this.scaled = new Uint8Array(small * low);
    const target = exact ? out : this.scaled;
    if (this.decompress(this.handle, jpeg, jpeg.length, target, small, 0, low, greyPixels, 0) !== 0)
      throw this.broken(jpeg);
    if (!exact) averageTo({ data: target, width: small, height: low, stride: small, step: 1 }, out);
    return out;
  }

  private broken(jpeg: Uint8Array): PitwallError {
    return new PitwallError(
      'frame-invalid',
      `A camera frame of ${jpeg.length} bytes is no whole JPEG: ${this.errorText(this.handle)}.`,
    );
  }

  close(): void {
    if (this.handle !== null) this.destroy(this.handle);
    this.handle = null;
  }
}

class SharpDecoder implements JpegDecoder {
  readonly how = 'sharp';
  readonly reason: string;

  constructor(reason: string) {
    this.reason = reason;
  }

  async decode(jpeg: Uint8Array, out: Uint8Array = new Uint8Array(planeBytes)): Promise<Uint8Array> {
    const { default: sharp } = await import('sharp');
    try {
      const { data, info } = await sharp(jpeg, { limitInputPixels: maxSide * maxSide })
        .toColourspace('srgb')
        .resize(planeWidth, planeHeight, { fit: 'fill', kernel: 'linear' })
        .raw()
        .toBuffer({ resolveWithObject: true });
      // sharp's own grey is linear light; training had the sum of the bytes as they are.
      const { channels } = info;
      for (let at = 0; at < out.length; at += 1) {
        const from = at * channels;
        const [r, g, b] = [data[from] ?? 0, data[from + 1] ?? 0, data[from + 2] ?? 0];
        out[at] = channels < 3 ? r : 0.299 * r + 0.587 * g + 0.114 * b + 0.5;
      }
      return out;
    } catch (cause) {
      throw new PitwallError('frame-invalid', `A camera frame of ${jpeg.length} bytes is no whole JPEG.`, { cause });
    }
  }

  close(): void {}
}
