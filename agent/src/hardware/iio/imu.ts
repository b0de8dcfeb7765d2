import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { type FileHandle, open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImuProfile } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import { type Now, Supervisor } from '@pitwall/runtime';
import type { DeviceEvents } from '../device.js';
import type { Axes, Imu, Motion } from '../imu.js';
import { mounted } from '../imu-mounting.js';
import { wakeBmi160 } from './bmi160.js';
import { findIioDevice } from './folder.js';

/**
 * 100 Hz, the rate at which a BMI160 measures after its reset: its filter of 40 Hz makes some 20 ms of the shortest crash
 * (data sheet rev. 1.0, section 2.4.1), so that no peak falls between two readings. Each value costs a transfer over I²C: it is
 * read beside the loop, not in it, and turning half as often.
 */
const periodMs = 10;
/** What a crash needs, in g, with room for its peak: more than 3 g along one axis. */
const leastG = 8;
/** Reads that fail in a row before it counts as gone: a bus may stumble once. */
const mostFailures = 5;
/** Every so many reads its range is looked at: a chip that lost its power is back at ±2 g, and its driver does not see that. */
const lookReads = 25;
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
    const scale = await setRange(folder, name);
    const accel = await Channel.open(folder, 'in_accel', 1 / gravity);
    const gyro = existsSync(join(folder, 'in_anglvel_x_raw'))
      ? await Channel.open(folder, 'in_anglvel', degrees).catch(async (error: unknown) => {
          await accel.close();
          throw error;
        })
      : undefined;
    let turned: Axes | undefined;
    let reads = 0;
    let failures = 0;
    let reading: Promise<void> | undefined;
    const read = async () => {
      try {
        reads += 1;
        // Asked of the chip each time (bmi160_get_scale).
        if (reads % lookReads === 0 && (await readFile(scaleFile(folder), 'utf8')) !== scale) {
          lost(`The IMU ${name} lost its power for a moment, and its range with it; check its wiring.`);
          return;
        }
        const at = this.#now();
        const [felt, turning] = await Promise.all([accel.read(), reads % 2 === 1 ? gyro?.read() : turned]);
        // No car feels exactly that, but a chip that sleeps says so.
        if (felt.x === 0 && felt.y === 0 && felt.z === 0) throw new Error('it measures nothing');
        turned = turning;
        failures = 0;
        there();
        this.#onMotion({
          at,
          ...mounted(mounting, felt),
          ...(turned === undefined ? {} : { turn: mounted(mounting, turned) }),
        });
      } catch {
        failures += 1;
        if (failures === mostFailures)
          lost(`The IMU ${name} cannot be read any more, or measures nothing; check its wiring and power.`);
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

const scaleFile = (folder: string) => join(folder, 'in_accel_scale');

/**
 * A chip that was reset feels ±2 g, where a frontal crash saturates at 2.24 g: the smallest of its ranges that is enough, by its
 * scales in m/s² a count of 16 bits. @returns what stands in the file of its scale then
 * @throws Error with one sentence, where it feels too little and cannot be told otherwise
 */
async function setRange(folder: string, name: string): Promise<string> {
  if (name === 'bmi160') await wakeBmi160(folder);
  const range = (scale: number) => (scale * 32_768) / gravity;
  const file = scaleFile(folder);
  const reaches = (scale: number) => range(scale) > leastG - 0.5;
  const before = readFileSync(file, 'utf8');
  if (reaches(Number(before))) return before;
  const available = join(folder, 'in_accel_scale_available');
  const scales = existsSync(available) ? readFileSync(available, 'utf8').trim().split(/\s+/).map(Number) : [];
  const wanted = scales.filter(reaches).sort((a, b) => a - b)[0];
  try {
    if (wanted !== undefined) writeFileSync(file, String(wanted), { flag: 'r+' });
  } catch {
    // Said below.
  }
  const after = readFileSync(file, 'utf8');
  const felt = range(Number(after));
  if (felt > leastG - 0.5) return after;
  throw new Error(
    `The IMU ${name} feels ±${felt.toFixed(0)} g only, and a crash is more than 3: let this user write ${file} (udev rules), or take its crash detection out of the profile.`,
  );
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
    const opened = await Promise.allSettled(axisNames.map((axis) => open(join(folder, `${kind}_${axis}_raw`), 'r')));
    const files = opened.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
    const channel = new Channel(files, scale);
    if (files.length === axisNames.length) return channel;
    await channel.close();
    throw new PitwallError('not-found', `The IMU under ${folder} goes at this moment.`);
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
