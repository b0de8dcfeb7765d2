import type { ImuProfile } from '@pitwall/firmware-config';
import type { Now } from '@pitwall/runtime';
import type { Firmata } from 'firmata-io';
import type { Motion } from '../imu.js';
import { mounted } from '../imu-mounting.js';

export type Mpu6050Profile = Extract<ImuProfile, { kind: 'mpu6050' }>;

/** What an IMU at the drivetrain's board says; each change is told once. */
export interface BoardImuEvents {
  readonly motion: (motion: Motion) => void;
  readonly lost: (message: string) => void;
  readonly found: () => void;
}

// MPU-6000/6050 register map (RM-MPU-6000A): clock from a gyroscope, 44 Hz low pass, ±1000 °/s, ±8 g, as the community has it.
const settings = [
  [0x6b, 0x01],
  [0x1a, 0x03],
  [0x1b, 0x10],
  [0x1c, 0x10],
] as const;
const firstValue = 0x3b;
/** Acceleration, temperature, rotation, two bytes each. */
const valueBytes = 14;
const perG = 4096;
const perDegree = 32.8;

/** 50 Hz, as every IMU is read here. One that is gone is asked ten times less often. */
const periodMs = 20;
const goneTicks = 10;
/** A question without an answer counts as failed after so many ticks. */
const patienceTicks = 5;
const mostFailures = 5;

/**
 * An MPU-6050 on the I²C pins of a board with StandardFirmata. One question is under way at a time. StandardFirmata answers
 * also when the chip does not, with what it read last, after the words “Too few bytes received”; a chip that had no power
 * sleeps and answers zeros.
 */
export class Mpu6050 {
  readonly #io: Firmata;
  readonly #profile: Mpu6050Profile;
  readonly #now: Now;
  readonly #events: BoardImuEvents;
  #timer: NodeJS.Timeout | undefined;
  #state: 'starting' | 'there' | 'gone' = 'starting';
  #failures = 0;
  #tick = 0;
  /** The tick of the question under way; undefined: none is. */
  #asked: number | undefined;
  #short = false;
  readonly #heard = (text: unknown): void => {
    if (String(text).includes('Too few')) this.#short = true;
  };

  constructor(io: Firmata, profile: Mpu6050Profile, now: Now, events: BoardImuEvents) {
    this.#io = io;
    this.#profile = profile;
    this.#now = now;
    this.#events = events;
  }

  start(): void {
    this.#io.i2cConfig(0);
    this.#io.on('string', this.#heard);
    this.#configure();
    this.#timer = setInterval(() => this.#read(), periodMs);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#io.removeListener('string', this.#heard);
  }

  #configure(): void {
    for (const [register, value] of settings) this.#io.i2cWrite(this.#profile.address, register, [value]);
  }

  #read(): void {
    this.#tick += 1;
    if (this.#asked !== undefined) {
      if (this.#tick - this.#asked < patienceTicks) return;
      this.#failed();
    } else if (this.#state === 'gone' && this.#tick % goneTicks !== 0) return;
    const asked = this.#tick;
    this.#asked = asked;
    this.#short = false;
    const at = this.#now();
    this.#io.i2cReadOnce(this.#profile.address, firstValue, valueBytes, (bytes) => {
      if (this.#asked !== asked) return;
      this.#asked = undefined;
      const sample = this.#short ? undefined : sampleOf(bytes);
      if (sample === undefined) {
        this.#failed();
        return;
      }
      this.#failures = 0;
      if (this.#state !== 'there') {
        this.#state = 'there';
        this.#events.found();
      }
      const { mounting } = this.#profile;
      this.#events.motion({ at, ...mounted(mounting, sample.felt), turn: mounted(mounting, sample.turned) });
    });
  }

  #failed(): void {
    this.#asked = undefined;
    this.#failures += 1;
    if (this.#failures % mostFailures !== 0) return;
    this.#configure();
    if (this.#state === 'gone') return;
    this.#state = 'gone';
    this.#events.lost('No MPU-6050 answers at the board; check its wiring and address.');
  }
}

/** undefined where the chip sleeps, or the answer is none. */
function sampleOf(bytes: readonly number[]) {
  if (bytes.length < valueBytes) return undefined;
  const word = (at: number) => ((bytes[at]! << 24) >> 16) | bytes[at + 1]!;
  const [x, y, z] = [word(0), word(2), word(4)];
  if (x === 0 && y === 0 && z === 0) return undefined;
  return {
    felt: { x: x / perG, y: y / perG, z: z / perG },
    turned: { x: word(8) / perDegree, y: word(10) / perDegree, z: word(12) / perDegree },
  };
}
