import { PitwallError } from '@pitwall/protocol';
import { averageTo, planeBytes } from './grey-plane.js';

/** `limited`: 16 is black and 235 white, as webcams and ITU-R BT.601 have it; training had 0 to 255. */
export type LumaRange = 'limited' | 'full';

export interface RawFrame {
  readonly data: Uint8Array;
  readonly width: number;
  readonly height: number;
  /** Bytes from row to row; absent: no padding. */
  readonly stride?: number;
}

const stretch = Uint8Array.from({ length: 256 }, (_, value) =>
  Math.min(255, Math.max(0, Math.round(((value - 16) * 255) / 219))),
);

/**
 * The grey 160×120 plane of a packed Y0 U Y1 V frame (V4L2's YUYV).
 * @param out reused if given; else a new plane
 * @throws PitwallError `frame-invalid` when the frame is cut short.
 */
export function greyFromYuyv(
  frame: RawFrame,
  range: LumaRange,
  out: Uint8Array = new Uint8Array(planeBytes),
): Uint8Array {
  return grey(frame, 2, range, out);
}

/** The grey 160×120 plane of a planar frame that begins with its brightness (YUV420, NV12, GREY). */
export function greyFromPlanar(
  frame: RawFrame,
  range: LumaRange,
  out: Uint8Array = new Uint8Array(planeBytes),
): Uint8Array {
  return grey(frame, 1, range, out);
}

function grey(
  { data, width, height, stride = 0 }: RawFrame,
  step: number,
  range: LumaRange,
  out: Uint8Array,
): Uint8Array {
  const row = stride === 0 ? width * step : stride;
  if (width < 1 || height < 1 || row < width * step || data.length < row * (height - 1) + width * step) {
    throw new PitwallError(
      'frame-invalid',
      `A camera frame of ${data.length} bytes is too short for ${width}×${height}.`,
    );
  }
  averageTo({ data, width, height, stride: row, step }, out);
  if (range === 'limited') for (let at = 0; at < out.length; at += 1) out[at] = stretch[out[at] as number] as number;
  return out;
}
