/** What every policy takes: 160×120 grey, row-major. */
export const planeWidth = 160;
export const planeHeight = 120;
export const planeBytes = planeWidth * planeHeight;

/** Where brightness lies in a frame: `step` bytes from pixel to pixel, `stride` from row to row. */
export interface Luma {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly stride: number;
  readonly step: number;
}

/**
 * Averages a brightness plane down to 160×120. Each pixel of the result is the mean of the source pixels it covers, whole
 * pixels only; 640×480 gives exact 4×4 means. A source smaller than the result repeats pixels.
 */
export function averageTo({ data, width, height, stride, step }: Luma, out: Uint8Array): void {
  for (let row = 0; row < planeHeight; row += 1) {
    const top = Math.floor((row * height) / planeHeight);
    const bottom = Math.max(top + 1, Math.floor(((row + 1) * height) / planeHeight));
    for (let column = 0; column < planeWidth; column += 1) {
      const left = Math.floor((column * width) / planeWidth);
      const right = Math.max(left + 1, Math.floor(((column + 1) * width) / planeWidth));
      const count = (bottom - top) * (right - left);
      let sum = count >> 1;
      for (let y = top; y < bottom; y += 1) {
        const end = y * stride + right * step;
        for (let at = y * stride + left * step; at < end; at += step) sum += data[at] as number;
      }
      out[row * planeWidth + column] = sum / count;
    }
  }
}
