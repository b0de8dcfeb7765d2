import { PitwallError } from '../errors.js';

/**
 * What a track may be at most; all of it is looked at before memory is taken for it. The largest route of the cloud service
 * (H_track) is 101 m long in a room of 18 by 24 m; the simulator's floor takes 0.11 MB a square metre and colour.
 */
export const trackLimits = {
  /** 100,000 points as text. */
  fileBytes: 16 * 1024 * 1024,
  points: 100_000,
  lengthM: 500,
  sideM: 100,
  areaM2: 1000,
} as const;

/** @throws PitwallError `track-invalid` for a track that is too large to be driven. */
export function demandSize(
  what: string,
  lengthM: number,
  bounds?: { readonly minX: number; readonly minY: number; readonly maxX: number; readonly maxY: number },
): void {
  const { lengthM: longest, sideM, areaM2 } = trackLimits;
  const [x, y] = bounds === undefined ? [0, 0] : [bounds.maxX - bounds.minX, bounds.maxY - bounds.minY];
  if (lengthM <= longest && x <= sideM && y <= sideM && x * y <= areaM2) return;
  const room = bounds === undefined ? '' : ` in a room of ${x.toFixed(0)} by ${y.toFixed(0)} m`;
  throw new PitwallError(
    'track-invalid',
    `${what} is ${lengthM.toFixed(0)} m long${room}. At most ${longest} m can be driven, in ${sideM} m each way and ${areaM2} m²; is its unit the metre?`,
  );
}

/** @throws PitwallError `track-invalid` for a file of more bytes than any track needs. */
export function demandFileSize(what: string, bytes: number): void {
  if (bytes <= trackLimits.fileBytes) return;
  const mb = (value: number) => `${Math.round(value / 2 ** 20)} MB`;
  throw new PitwallError(
    'track-invalid',
    `${what} has ${mb(bytes)}; a track's file has at most ${mb(trackLimits.fileBytes)}.`,
  );
}

/** The room that lines take, each x, y, x, y, … */
export function boundsOf(...lines: readonly Float64Array[]) {
  let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
  for (const line of lines) {
    for (let i = 0; i < line.length; i += 2) {
      const [x, y] = [line[i] as number, line[i + 1] as number];
      [minX, minY, maxX, maxY] = [Math.min(minX, x), Math.min(minY, y), Math.max(maxX, x), Math.max(maxY, y)];
    }
  }
  return { minX, minY, maxX, maxY };
}
