/** Interleaved bytes, row-major. */
export interface Raster {
  readonly width: number;
  readonly height: number;
  readonly channels: number;
  readonly data: Uint8Array;
}

interface Taps {
  readonly first: number;
  readonly weights: readonly number[];
}

/** For each pixel of the result, which source pixels count and how much: a triangle as wide as the reduction. */
function taps(from: number, to: number): Taps[] {
  const scale = from / to;
  const reach = Math.max(1, scale);
  return Array.from({ length: to }, (_, at) => {
    const centre = (at + 0.5) * scale;
    const first = Math.max(0, Math.floor(centre - reach + 0.5));
    const last = Math.min(from, Math.floor(centre + reach + 0.5));
    const raw = Array.from({ length: last - first }, (_, tap) =>
      Math.max(0, 1 - Math.abs((first + tap + 0.5 - centre) / reach)),
    );
    const sum = raw.reduce((total, weight) => total + weight, 0);
    return { first, weights: raw.map((weight) => weight / sum) };
  });
}

/**
 * Bilinear resizing as the training simulator did it (Pillow's `Image.resize(…, BILINEAR)`): the filter widens with the
 * reduction, columns first, each pass rounded to bytes.
 */
export function resizeBilinear(source: Raster, width: number, height: number): Raster {
  const { channels } = source;
  const narrow = new Uint8Array(width * source.height * channels);
  taps(source.width, width).forEach(({ first, weights }, x) => {
    for (let y = 0; y < source.height; y += 1) {
      for (let c = 0; c < channels; c += 1) {
        let sum = 0.5;
        for (let tap = 0; tap < weights.length; tap += 1) {
          sum += (weights[tap] as number) * (source.data[(y * source.width + first + tap) * channels + c] as number);
        }
        narrow[(y * width + x) * channels + c] = sum;
      }
    }
  });
  const row = width * channels;
  const data = new Uint8Array(row * height);
  taps(source.height, height).forEach(({ first, weights }, y) => {
    for (let x = 0; x < row; x += 1) {
      let sum = 0.5;
      for (let tap = 0; tap < weights.length; tap += 1)
        sum += (weights[tap] as number) * (narrow[(first + tap) * row + x] as number);
      data[y * row + x] = sum;
    }
  });
  return { width, height, channels, data };
}

/** Luma as in training, cut to whole numbers. */
export function toGrey({ data, channels }: Raster): Uint8Array {
  if (channels === 1) return data;
  const grey = new Uint8Array(data.length / channels);
  for (let at = 0; at < grey.length; at += 1) {
    const from = at * channels;
    grey[at] =
      0.2989 * (data[from] as number) + 0.587 * (data[from + 1] as number) + 0.114 * (data[from + 2] as number) + 1e-9;
  }
  return grey;
}
