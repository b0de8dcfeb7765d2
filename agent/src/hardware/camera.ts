import type { Micros } from '@pitwall/protocol';
import type { DeviceHealth } from './device.js';
import type { LumaRange } from './pixels/index.js';

/**
 * `grey`: 160×120 row-major, 0–255, as a policy takes it. `mjpeg`, `yuyv`: as the camera sends it. `planar`: begins with
 * its brightness plane (YUV420, NV12, GREY).
 */
export type FrameFormat = 'grey' | 'mjpeg' | 'yuyv' | 'planar';

/** What makes a picture upright that its camera takes otherwise. */
export interface Flip {
  readonly horizontal: boolean;
  readonly vertical: boolean;
}

export interface Frame {
  /** When it was taken (or, where the camera does not say, when its last byte came), in the car's clock. */
  readonly at: Micros;
  readonly format: FrameFormat;
  readonly width: number;
  readonly height: number;
  /** Bytes from row to row of raw formats; absent: no padding. */
  readonly stride?: number;
  /** Belongs to the receiver: the camera does not write into it again. */
  readonly data: Uint8Array;
  /** Of raw formats; absent: 16 to 235, as webcams send it. */
  readonly range?: LumaRange;
  /** Absent: it is upright. */
  readonly flip?: Flip;
  /** The right picture of a stereo pair, taken at the same time; this one is the left. */
  readonly right?: Frame;
}

/** It comes and goes by itself: `start` does not fail because it is not there. */
export interface Camera {
  /** Frames a second. */
  readonly rate: number;
  readonly health: DeviceHealth;
  start(onFrame: (frame: Frame) => void): Promise<void>;
  /** Idempotent. */
  stop(): Promise<void>;
}
