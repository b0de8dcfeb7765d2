import { readdirSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import type { Now } from '../clock.js';
import type { Imu, Motion } from '../imu.js';

/** 50 Hz: a crash lasts some 50 ms. Each value costs a transfer over I²C, so it is read beside the loop, not in it. */
const periodMs = 20;
/** Standard gravity, m/s²: the kernel's `scale` gives m/s² (Documentation/ABI/testing/sysfs-bus-iio). */
const gravity = 9.80665;

export interface AccelerometerSettings {
  /** What the kernel calls it in `name`: `bmi160`. */
  readonly name: string;
  /** Mounted upside down, as on the AWS DeepRacer: y and z point the other way. */
  readonly inverted: boolean;
  readonly root: string;
}

/** An accelerometer that the kernel exposes through IIO. */
export class IioAccelerometer implements Imu {
  readonly #settings: AccelerometerSettings;
  readonly #now: Now;
  #files: readonly FileHandle[] = [];
  #timer: NodeJS.Timeout | undefined;
  #reading = false;

  constructor(settings: AccelerometerSettings, now: Now) {
    this.#settings = settings;
    this.#now = now;
  }

  /** @throws PitwallError `not-found` */
  async start(onMotion: (motion: Motion) => void): Promise<void> {
    const { name, root, inverted } = this.#settings;
    try {
      const device = readdirSync(root).find((one) => readFileSync(join(root, one, 'name'), 'utf8').trim() === name);
      if (device === undefined) throw new Error(`no device ${name}`);
      const scale = Number(readFileSync(join(root, device, 'in_accel_scale'), 'utf8')) / gravity;
      this.#files = await Promise.all(
        ['x', 'y', 'z'].map((axis) => open(join(root, device, `in_accel_${axis}_raw`), 'r')),
      );
      const turn = inverted ? -scale : scale;
      this.#timer = setInterval(() => void this.#read([scale, turn, turn], onMotion), periodMs);
    } catch (cause) {
      throw new PitwallError('not-found', `There is no IMU ${name} under ${root}.`, { cause });
    }
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    const files = this.#files;
    this.#files = [];
    await Promise.all(files.map((file) => file.close().catch(() => {})));
  }

  async #read(scales: readonly number[], onMotion: (motion: Motion) => void): Promise<void> {
    if (this.#reading) return;
    this.#reading = true;
    try {
      const at = this.#now();
      const values = await Promise.all(this.#files.map(readNumber));
      const [x, y, z] = values.map((value, i) => value * scales[i]!);
      if (x !== undefined && y !== undefined && z !== undefined && [x, y, z].every(Number.isFinite)) {
        onMotion({ at, x, y, z });
      }
    } catch {
      // A peripheral may fail; the car drives on without it.
    } finally {
      this.#reading = false;
    }
  }
}

async function readNumber(file: FileHandle): Promise<number> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
  return bytesRead === 0 ? Number.NaN : Number(buffer.toString('latin1', 0, bytesRead));
}
