import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Board } from '../hardware/board.js';
import { type DutySample, DutyWatch } from './duty-watch.js';
import { watchedCar } from './watched-car.js';

/** What the motor was told. */
export type MotorSample = DutySample;

/** Outputs of a car that can be watched from outside, at the pin or in the file. */
export interface Rig {
  readonly kind: 'sysfs-pwm' | 'firmata' | 'drive-unit';
  /** The `drivetrain` of a car profile. */
  readonly drivetrain: object;
  /** How long the rig itself stood still so far because this machine was busy, in s. */
  readonly slipped: number;
  onMotor: (sample: MotorSample) => void;
  start(): Promise<void>;
  stop(): Promise<void>;
}

const steering = { min: 1_200_000, mid: 1_450_000, max: 1_700_000, polarity: 1 };
const motor = { min: 1_311_000, mid: 1_446_000, max: 1_603_500, polarity: -1 };
/** µs at the motor's pin. */
export const neutralMicros = 1446;
export const fullMicros = 1311;
const motorPin = 9;
const steeringPin = 10;

export const monotonic = (): number => Number(process.hrtime.bigint() / 1000n);

/** The kernel's PWM and GPIO as plain files, with the folders that a stock car has. */
export class SysfsRig implements Rig {
  readonly kind = 'sysfs-pwm';
  readonly slipped = 0;
  // In memory as the kernel's own: a disk that is busy elsewhere holds writes up.
  readonly root = mkdtempSync(join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), 'pitwall-sysfs-'));
  readonly duty = join(this.root, 'pwm/pwmchip0/pwm0/duty_cycle');
  readonly servo = join(this.root, 'pwm/pwmchip0/pwm1/duty_cycle');
  /** ns */
  readonly straight = steering.mid;
  readonly enable = join(this.root, 'gpio/gpio514/value');
  readonly drivetrain: object;
  onMotor: (sample: MotorSample) => void = () => {};
  readonly #watch = new DutyWatch(this.duty, (sample) => this.onMotor(sample));

  constructor() {
    const { root } = this;
    for (const channel of [0, 1]) {
      const folder = join(root, `pwm/pwmchip0/pwm${channel}`);
      mkdirSync(folder, { recursive: true });
      for (const name of ['period', 'duty_cycle', 'enable']) writeFileSync(join(folder, name), '0\n');
    }
    mkdirSync(join(root, 'gpio/gpio514'), { recursive: true });
    for (const name of ['direction', 'value']) writeFileSync(join(root, 'gpio/gpio514', name), '0\n');
    this.drivetrain = {
      kind: 'sysfs-pwm',
      chip: 'pwmchip0',
      root: join(root, 'pwm'),
      steering: { ...steering, channel: 1 },
      motor: { ...motor, channel: 0 },
      enable: { gpios: [436, 514], low: true, root: join(root, 'gpio') },
    };
  }

  async start(): Promise<void> {
    this.#watch.start();
  }

  async stop(): Promise<void> {
    await this.#watch.stop();
    rmSync(this.root, { recursive: true, force: true });
  }
}

/** A board that runs real firmware, at a serial port; pulse widths are taken at the pin in CPU cycles. */
export class BoardRig implements Rig {
  readonly kind: 'firmata' | 'drive-unit';
  readonly board: Board;
  readonly drivetrain: object;
  onMotor: (sample: MotorSample) => void = () => {};

  constructor(kind: 'firmata' | 'drive-unit') {
    this.kind = kind;
    this.board = new Board(kind);
    this.drivetrain = {
      kind,
      port: this.board.port,
      steering: { ...steering, pin: steeringPin },
      motor: { ...motor, pin: motorPin },
    };
    this.board.onPulse = ({ pin, micros, at }) => {
      if (pin === motorPin) this.onMotor({ micros, at });
    };
  }

  get slipped(): number {
    return this.board.slipped;
  }

  start(): Promise<void> {
    return this.board.start();
  }

  stop(): Promise<void> {
    return this.board.stop();
  }
}

/**
 * In µs. An interrupt of the board's clock or serial line lengthens a pulse by up to 7 µs now and then (its servo library
 * switches pins in an interrupt of its own); no ESC moves for that.
 */
const jitter = 10;
export const isNeutral = ({ micros }: MotorSample): boolean => Math.abs(micros - neutralMicros) <= jitter;
export const isFull = ({ micros }: MotorSample): boolean => Math.abs(micros - fullMicros) <= jitter;

/** Whatever the policy wants, the throttle is full. */
export const fullThrottle = {
  kind: 'physical',
  steering: [
    [-30, -1],
    [30, 1],
  ],
  speed: [
    [0, 0],
    [0.001, 1],
  ],
};

/** The profile of a car on a rig. */
export const fullThrottleProfile = (rig: Rig, camera: object = { kind: 'simulated', rate: 30 }): string =>
  watchedCar(rig, {
    mapping: fullThrottle,
    camera,
  });
