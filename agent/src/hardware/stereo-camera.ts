import type { Camera, Frame } from './camera.js';
import type { DeviceHealth } from './device.js';

/**
 * Finds the pictures of two cameras that were taken at the same time. Each comes in order; what can find no partner any
 * more is dropped. Pure but for its memory.
 */
export class StereoPairs {
  readonly #tolerance: number;
  #left: Frame | undefined;
  #right: Frame | undefined;

  /** @param tolerance µs between the two at most */
  constructor(tolerance: number) {
    this.#tolerance = tolerance;
  }

  left(frame: Frame): Frame | undefined {
    this.#left = frame;
    return this.#pair();
  }

  right(frame: Frame): Frame | undefined {
    this.#right = frame;
    return this.#pair();
  }

  #pair(): Frame | undefined {
    const [left, right] = [this.#left, this.#right];
    if (left === undefined || right === undefined || Math.abs(left.at - right.at) > this.#tolerance) return undefined;
    this.#left = undefined;
    this.#right = undefined;
    return { ...left, right };
  }
}

/** Two cameras side by side as one, whose frames carry both pictures. Without one of them there is no frame. */
export class StereoCamera implements Camera {
  readonly rate: number;
  readonly #left: Camera;
  readonly #right: Camera;

  constructor(left: Camera, right: Camera) {
    this.#left = left;
    this.#right = right;
    this.rate = left.rate;
  }

  get health(): DeviceHealth {
    const [left, right] = [this.#left.health, this.#right.health];
    const worse = left.state === 'there' ? right : left;
    return { ...worse, losses: left.losses + right.losses };
  }

  async start(onFrame: (frame: Frame) => void): Promise<void> {
    // Cameras that run freely are up to half a frame apart.
    const pairs = new StereoPairs(500_000 / this.rate);
    const tell = (pair: Frame | undefined) => {
      if (pair !== undefined) onFrame(pair);
    };
    await Promise.all([
      this.#left.start((frame) => tell(pairs.left(frame))),
      this.#right.start((frame) => tell(pairs.right(frame))),
    ]);
  }

  async stop(): Promise<void> {
    await Promise.all([this.#left.stop(), this.#right.stop()]);
  }
}
