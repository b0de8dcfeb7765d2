import type { Frame } from './camera.js';
import { greyFromPlanar, greyFromYuyv, openJpegDecoder } from './pixels/index.js';

/** A camera's frame as the 160×120 grey plane that policies take. @throws PitwallError `frame-invalid` */
export type Decode = (frame: Frame) => Uint8Array | Promise<Uint8Array>;

export interface Decoder {
  readonly decode: Decode;
  /** What a pit crew should know: the slow way was taken, and why. */
  readonly warning: string | undefined;
  close(): void;
}

/** Frames are whole when they come and are looked at one at a time, so one plane serves them all. */
export async function openDecoder(): Promise<Decoder> {
  const jpeg = await openJpegDecoder();
  const plane = new Uint8Array(160 * 120);
  return {
    warning:
      jpeg.how === 'sharp'
        ? `JPEG frames are decoded the slow way (about 4 ms each), because ${jpeg.reason ?? 'the fast one is missing'}`
        : undefined,
    decode: (frame) => {
      switch (frame.format) {
        case 'grey':
          return frame.data;
        case 'yuyv':
          return greyFromYuyv(frame, frame.range ?? 'limited', plane);
        case 'planar':
          return greyFromPlanar(frame, frame.range ?? 'limited', plane);
        case 'mjpeg':
          return jpeg.decode(frame.data, plane);
      }
    },
    close: () => jpeg.close(),
  };
}
