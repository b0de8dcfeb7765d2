import { observationSize } from './rendering/index.js';

/** How two grey pictures of 160×120 look unlike, in grey levels of 255; 0: not at all. */
export interface PictureDifference {
  /** Mean absolute difference of how steep the picture is in each pixel (Sobel's two gradients, their length). */
  readonly edges: number;
  /** How far the greys of one must be moved to be those of the other, on average: earth mover's distance of the histograms. */
  readonly histogram: number;
}

/** Of the pictures' common part from row `from` on. */
export function pictureDifference(a: Uint8Array, b: Uint8Array, from = 0): PictureDifference {
  const { width, height } = observationSize;
  let edges = 0;
  for (let row = Math.max(1, from); row < height - 1; row++) {
    for (let column = 1; column < width - 1; column++) {
      const at = row * width + column;
      edges += Math.abs(steepness(a, at) - steepness(b, at));
    }
  }
  return {
    edges: edges / ((height - 1 - Math.max(1, from)) * (width - 2)),
    histogram: histogramDistance(a.subarray(from * width), b.subarray(from * width)),
  };
}

/** Length of the grey gradient at an inner pixel, in grey levels a pixel (Sobel's operator, divided by its weights). */
function steepness(picture: Uint8Array, at: number): number {
  const { width } = observationSize;
  const grey = (index: number) => picture[index] as number;
  const [above, below] = [at - width, at + width];
  const across =
    grey(above + 1) + 2 * grey(at + 1) + grey(below + 1) - grey(above - 1) - 2 * grey(at - 1) - grey(below - 1);
  const along =
    grey(below - 1) + 2 * grey(below) + grey(below + 1) - grey(above - 1) - 2 * grey(above) - grey(above + 1);
  return Math.hypot(across, along) / 8;
}

/** On a line of greys the earth mover's distance is the area between the cumulative histograms. */
function histogramDistance(a: Uint8Array, b: Uint8Array): number {
  const counts = new Int32Array(256);
  for (const grey of a) counts[grey] = (counts[grey] as number) + 1;
  for (const grey of b) counts[grey] = (counts[grey] as number) - 1;
  let [between, area] = [0, 0];
  for (const count of counts) {
    between += count;
    area += Math.abs(between);
  }
  return area / a.length;
}
