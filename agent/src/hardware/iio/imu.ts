import { existsSync, readFileSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImuProfile } from '@pitwall/firmware-config';
import { type Now, Supervisor } from '@pitwall/runtime';
import type { DeviceEvents } from '../device.js';
import type { Axes, Imu, Motion } from '../imu.js';
import { mounted } from '../imu-mounting.js';
import { findIioDevice } from './folder.js';

/** 50 Hz: a crash lasts some 50 ms. Each value costs a transfer over I²C, so it is read beside the loop, not in it. */
const periodMs = 20;
/** Reads that fail in a row before it counts as gone: a bus may stumble once. */
const mostFailures = 5;
// The kernel's `scale` gives m/s² and rad/s (Documentation/ABI/testing/sysfs-bus-iio).
const gravity = 9.80665;
const degrees = 180 / Math.PI;
const axisNames = ['x', 'y', 'z'] as const;

/** Accelerometer and gyroscope that the kernel shows through IIO: BMI160, and any other. */
export class IioImu implements Imu {
  readonly #profile: Extract<ImuProfile, { kind: 'iio' }>;
  readonly #now: Now;
  readonly #supervisor: Supervisor;
  #onMotion: (motion: Motion) => void = () => {};

  constructor(
    profile: Extract<ImuProfile, { kind: 'iio' }>,
    parts: { readonly now: Now; readonly events: DeviceEvents },
  ) {
    this.#profile = profile;
    this.#now = parts.now;
    this.#supervisor = new Supervisor({ events: parts.events, open: (signal) => this.#open(signal) });
  }

  get health() {
    return this.#supervisor.health;
  }

  async start(onMotion: (motion: Motion) => void): Promise<void> {
    this.#onMotion = onMotion;
    this.#supervisor.start();
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }

  async #open({ there, lost }: { there: () => void; lost: (why: string) => void }): Promise<() => Promise<void>> {
    const { name, root, mounting } = this.#profile;
    const folder = findIioDevice(root, name);
    const accel = await Channel.open(folder, 'in_accel', 1 / gravity);
    const gyro = existsSync(join(folder, 'in_anglvel_x_raw'))
      ? await Channel.open(folder, 'in_anglvel', degrees)
      : undefined;
    let failures = 0;
    let reading: Promise<void> | undefined;
    const read = async () => {
      try {
        const at = this.#now();
        const [felt, turned] = await Promise.all([accel.read(), gyro?.read()]);
        failures = 0;
        there();
        this.#onMotion({
          at,
          ...mounted(mounting, felt),
          ...(turned === undefined ? {} : { turn: mounted(mounting, turned) }),
        });
      } catch {
        failures += 1;
        if (failures === mostFailures) lost(`The IMU ${name} cannot be read any more; check its wiring.`);
      } finally {
        reading = undefined;
      }
    };
    const timer = setInterval(() => {
      reading ??= read();
    }, periodMs);
    return async () => {
      clearInterval(timer);
      await reading;
      await accel.close();
      await gyro?.close();
    };
  }
}

/** Three values of one kind, `in_accel` or `in_anglvel`. */
class Channel {
  readonly #files: readonly FileHandle[];
  readonly #scale: number;

  private constructor(files: readonly FileHandle[], scale: number) {
    this.#files = files;
    this.#scale = scale;
  }

  static async open(folder: string, kind: string, unit: number): Promise<Channel> {
    const scale = Number(readFileSync(join(folder, `${kind}_scale`), 'utf8')) * unit;
    return new Channel(
      await Promise.all(axisNames.map((axis) => open(join(folder, `${kind}_${axis}_raw`), 'r'))),
      scale,
    );
  }

  async read(): Promise<Axes> {
    const [x, y, z] = await Promise.all(this.#files.map(readNumber));
    return { x: x! * this.#scale, y: y! * this.#scale, z: z! * this.#scale };
  }

  async close(): Promise<void> {
    await Promise.all(this.#files.map((file) => file.close().catch(() => {})));
  }
}

/** @throws when there is no number: a device that is gone answers ENODEV, or nothing. */
async function readNumber(file: FileHandle): Promise<number> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(16), 0, 16, 0);
  const value = bytesRead === 0 ? Number.NaN : Number(buffer.toString('latin1', 0, bytesRead));
  if (!Number.isFinite(value)) throw new Error('no number');
  return value;
}
