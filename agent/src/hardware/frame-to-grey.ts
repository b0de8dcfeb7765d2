import type { Flip, Frame } from './camera.js';
import { greyFromPlanar, greyFromYuyv, openJpegDecoder, planeHeight, planeWidth } from './pixels/index.js';

/** Which of the decoder's planes the picture goes to: a stereo pair needs both at once. */
export type StereoSide = 'left' | 'right';

/** A camera's frame as the 160×120 grey plane that policies take, upright. @throws PitwallError `frame-invalid` */
export type Decode = (frame: Frame, side?: StereoSide) => Uint8Array | Promise<Uint8Array>;

export interface Decoder {
  readonly decode: Decode;
  /** What a pit crew should know: the slow way was taken, and why. */
  readonly warning: string | undefined;
  close(): void;
}

/** Frames are whole when they come and are looked at one at a time, so one plane for each side serves them all. */
export async function openDecoder(): Promise<Decoder> {
  const jpeg = await openJpegDecoder();
  const planes = { left: new Uint8Array(planeWidth * planeHeight), right: new Uint8Array(planeWidth * planeHeight) };
  const upright = (frame: Frame, plane: Uint8Array) => {
    if (frame.flip !== undefined) flipPlane(plane, frame.flip);
    return plane;
  };
  return {
    warning:
      jpeg.how === 'sharp'
        ? `JPEG frames are decoded the slow way (about 4 ms each), because ${jpeg.reason ?? 'the fast one is missing'}`
        : undefined,
    decode: (frame, side = 'left') => {
      const plane = planes[side];
      switch (frame.format) {
        case 'grey':
          if (frame.flip === undefined) return frame.data;
          plane.set(frame.data);
          return upright(frame, plane);
        case 'yuyv':
          return upright(frame, greyFromYuyv(frame, frame.range ?? 'limited', plane));
        case 'planar':
          return upright(frame, greyFromPlanar(frame, frame.range ?? 'limited', plane));
        case 'mjpeg':
          return jpeg.decode(frame.data, plane).then(() => upright(frame, plane));
      }
    },
    close: () => jpeg.close(),
  };
}

/** In place: both at once is a turn by 180°. */
function flipPlane(plane: Uint8Array, { horizontal, vertical }: Flip): void {
  if (vertical) {
    const row = new Uint8Array(planeWidth);
    for (let top = 0, bottom = planeHeight - 1; top < bottom; top += 1, bottom -= 1) {
      const [a, b] = [top * planeWidth, bottom * planeWidth];
      row.set(plane.subarray(a, a + planeWidth));
      plane.copyWithin(a, b, b + planeWidth);
      plane.set(row, b);
    }
  }
  if (horizontal) {
    for (let at = 0; at < plane.length; at += planeWidth) plane.subarray(at, at + planeWidth).reverse();
  }
}
