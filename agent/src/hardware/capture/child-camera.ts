import type { Micros } from '@pitwall/protocol';
import { type Now, Supervisor } from '@pitwall/runtime';
import type { Camera, Flip, Frame } from '../camera.js';
import type { DeviceEvents } from '../device.js';
import type { LumaRange } from '../pixels/index.js';
import { type CaptureParts, capture } from './capture.js';

/** The form of a frame, apart from its bytes. */
export interface Form {
  readonly format: 'mjpeg' | 'yuyv' | 'planar';
  readonly width: number;
  readonly height: number;
  readonly range?: LumaRange;
  readonly flip?: Flip;
}

export interface ChildCameraParts {
  readonly form: Form;
  /** Bytes of a raw frame; absent: as they come. */
  readonly bytes?: number;
  readonly rate: number;
  readonly now: Now;
  readonly events: DeviceEvents;
  /** What to run, made anew for each try. */
  readonly prepare: () => Promise<Omit<CaptureParts, 'now' | 'silence' | 'onFrame' | 'lost'>>;
}

/** Loading a driver and the first exposure take their time, in ms. */
const firstMs = 8000;

/** A camera that a program reads, started again whenever it dies, hangs or is unplugged. */
export class ChildCamera implements Camera {
  readonly rate: number;
  readonly #supervisor: Supervisor;
  #onFrame: (frame: Frame) => void = () => {};

  constructor({ form, bytes, rate, now, events, prepare }: ChildCameraParts) {
    this.rate = rate;
    this.#supervisor = new Supervisor({
      events,
      backOff: { firstMs: 200, mostMs: 2000 },
      open: async ({ there, lost }) => {
        const parts = await prepare();
        return capture({
          ...parts,
          now,
          lost,
          silence: { first: firstMs, next: Math.max(500, 15_000 / rate) },
          onFrame: (data: Uint8Array, at: Micros) => {
            const stride = bytes === undefined ? undefined : strideOf(data.length, bytes, form);
            if (bytes !== undefined && stride === undefined) {
              lost(
                `The camera ${parts.name} does not give ${form.width}×${form.height} in this format: its frames have ${data.length} bytes, not ${bytes}; choose another size or format in the profile.`,
              );
              return;
            }
            there();
            this.#onFrame({ at, ...form, ...(stride === undefined ? {} : { stride }), data });
          },
        });
      },
    });
  }

  get health() {
    return this.#supervisor.health;
  }

  async start(onFrame: (frame: Frame) => void): Promise<void> {
    this.#onFrame = onFrame;
    this.#supervisor.start();
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }
}

/** Drivers align rows to 256 bytes at the most. */
const mostPadding = 255;

/**
 * Bytes from row to row of a raw frame: as many rows as it should have, each of them longer where the driver pads it. Undefined
 * where the length is none of such a frame.
 */
export function strideOf(length: number, bytes: number, { format, width }: Form): number | undefined {
  const row = format === 'yuyv' ? 2 * width : width;
  const stride = (length / bytes) * row;
  return length >= bytes && Number.isInteger(stride) && stride - row <= mostPadding ? stride : undefined;
}

/** undefined where the picture is upright already. */
export function flipOf({
  rotation,
  flip,
}: {
  rotation: 0 | 180;
  flip: 'none' | 'horizontal' | 'vertical';
}): Flip | undefined {
  const turned = rotation === 180;
  const horizontal = turned !== (flip === 'horizontal');
  const vertical = turned !== (flip === 'vertical');
  return horizontal || vertical ? { horizontal, vertical } : undefined;
}
