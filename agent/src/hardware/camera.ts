import type { Micros } from '@pitwall/protocol';

/** `grey`: 160×120 row-major, 0–255, as a policy takes it. `mjpeg`, `yuyv`: as the camera sends it. */
export type FrameFormat = 'grey' | 'mjpeg' | 'yuyv';

export interface Frame {
  /** When it was taken (or, where the camera does not say, when its last byte came), in the car's clock. */
  readonly at: Micros;
  readonly format: FrameFormat;
  readonly width: number;
  readonly height: number;
  /** Belongs to the receiver: the camera does not write into it again. */
  readonly data: Uint8Array;
}

export interface Camera {
  /** Frames a second. */
  readonly rate: number;
  start(onFrame: (frame: Frame) => void): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
}
