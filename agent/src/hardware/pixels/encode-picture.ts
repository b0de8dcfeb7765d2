import { crc32, deflateSync } from 'node:zlib';
import { planeBytes, planeHeight, planeWidth } from './grey-plane.js';
import { type Koffi, turboLibrary } from './libjpeg-turbo.js';

/** A file's bytes of one 160×120 grey plane. */
export interface Picture {
  readonly format: 'jpeg' | 'png';
  readonly data: Uint8Array;
}

/** Turns the plane that a policy saw into a picture, quickly enough to stand beside the loop. */
export interface PictureEncoder {
  /** `png` loses nothing and takes three times as long as `jpeg` by libjpeg-turbo (0.35 and 0.1 ms). */
  readonly format: 'jpeg' | 'png';
  /** Why JPEG was wanted and is not made. */
  readonly reason?: string;
  encode(plane: Uint8Array): Picture;
  /** Idempotent. */
  close(): void;
}

/** turbojpeg.h: TJPF_GRAY, TJSAMP_GRAY, TJFLAG_NOREALLOC. */
const [greyPixels, greySampling, noRealloc] = [6, 3, 1024];
/** Edges stay where they are; a picture is some 5 kB. */
const quality = 90;

/** @param names of the library, tried in turn; without it pictures are PNG, with the reason: callers should log it. */
export async function openPictureEncoder(wanted: 'jpeg' | 'png', names?: readonly string[]): Promise<PictureEncoder> {
  if (wanted === 'png') return pngEncoder();
  const { library, koffi, reason } = await turboLibrary(names);
  if (library === undefined || koffi === undefined) return pngEncoder(reason);
  try {
    return new TurboEncoder(library, koffi);
  } catch (error) {
    return pngEncoder(`libturbojpeg is of no use: ${error instanceof Error ? error.message : error}`);
  }
}

type Library = ReturnType<Koffi['load']>;

class TurboEncoder implements PictureEncoder {
  readonly format = 'jpeg';
  readonly #compress: (...values: unknown[]) => unknown;
  readonly #destroy: (...values: unknown[]) => unknown;
  readonly #memory: unknown;
  readonly #view: Uint8Array;
  #handle: unknown;

  constructor(library: Library, koffi: Koffi) {
    const create = library.func('void *tjInitCompress()');
    const most = library.func('unsigned long tjBufSize(int width, int height, int sampling)');
    this.#compress = library.func(
      'int tjCompress2(void *handle, const uint8_t *pixels, int width, int pitch, int height, int format, _Inout_ void **out, _Inout_ unsigned long *size, int sampling, int quality, int flags)',
    );
    this.#destroy = library.func('int tjDestroy(void *handle)');
    const bytes = Number(most(planeWidth, planeHeight, greySampling));
    this.#memory = koffi.alloc('uint8_t', bytes);
    this.#view = new Uint8Array(koffi.view(this.#memory, bytes));
    this.#handle = create();
    if (this.#handle === null) throw new Error('tjInitCompress gave nothing');
  }

  encode(plane: Uint8Array): Picture {
    checkSize(plane);
    const size = [this.#view.length];
    const failed = this.#compress(
      ...[this.#handle, plane, planeWidth, 0, planeHeight, greyPixels],
      ...[[this.#memory], size, greySampling, quality, noRealloc],
    );
    if (failed !== 0) throw new Error('libjpeg-turbo made no picture of a plane');
    return { format: 'jpeg', data: this.#view.slice(0, size[0]) };
  }

  close(): void {
    if (this.#handle !== null) this.#destroy(this.#handle);
    this.#handle = null;
  }
}

const pngEncoder = (reason?: string): PictureEncoder => ({
  format: 'png',
  ...(reason === undefined ? {} : { reason }),
  encode: (plane) => ({ format: 'png', data: pngOf(plane) }),
  close: () => {},
});

const signature = Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a);
const header = chunk('IHDR', headerData());
const end = chunk('IEND', new Uint8Array(0));

/** PNG (third edition): one scan line after another, each pixel as its difference to the one on its left. */
function pngOf(plane: Uint8Array): Uint8Array {
  checkSize(plane);
  const lines = new Uint8Array((planeWidth + 1) * planeHeight);
  for (let y = 0, at = 0, to = 0; y < planeHeight; y += 1) {
    lines[to++] = 1;
    for (let x = 0, left = 0; x < planeWidth; x += 1, at += 1) {
      const value = plane[at]!;
      lines[to++] = value - left;
      left = value;
    }
  }
  return Buffer.concat([signature, header, chunk('IDAT', deflateSync(lines, { level: 1 })), end]);
}

function headerData(): Uint8Array {
  const data = Buffer.alloc(13);
  data.writeUInt32BE(planeWidth, 0);
  data.writeUInt32BE(planeHeight, 4);
  // 8 bits, grey, deflate, adaptive filters, not interlaced.
  data.set([8, 0, 0, 0, 0], 8);
  return data;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const whole = Buffer.alloc(12 + data.length);
  whole.writeUInt32BE(data.length, 0);
  whole.write(type, 4, 'latin1');
  whole.set(data, 8);
  whole.writeUInt32BE(crc32(whole.subarray(4, 8 + data.length)), 8 + data.length);
  return whole;
}

function checkSize(plane: Uint8Array): void {
  if (plane.length !== planeBytes) throw new Error(`a plane of ${plane.length} bytes is not 160×120`);
}
