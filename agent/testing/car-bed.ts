import { readCarProfile } from '@pitwall/firmware-config';
import type { Micros, Sha256 } from '@pitwall/protocol';
import type { DrivingAction } from '@pitwall/protocol/messages';
import type { Action, Decision } from '@pitwall/protocol/policy';
import { vi } from 'vitest';
import { Car } from '../src/driving/car.js';
import { cameraOnly } from '../src/driving/policy-input.js';
import type { Frame } from '../src/hardware/index.js';
import { ScriptedOutputs } from './scripted-outputs.js';

export const full: Action = { steeringDeg: 0, speedMps: 1 };
export type Decide = () => Promise<Decision>;
export const decided = (action: Action): Decision => ({ action, output: new Float32Array(1) });
export const prompt: Decide = async () => decided(full);

/** A car with a camera that sends whenever it is told to, and outputs that are watched. */
export class Bed {
  readonly outputs = new ScriptedOutputs();
  readonly car: Car;
  decide: Decide = prompt;
  decode: (frame: Frame) => Uint8Array | Promise<Uint8Array> = ({ data }) => data;
  /** What this process was blocked for, in µs: no timer came meanwhile. */
  blocked = 0;
  /** Of the frames that come by themselves, every so many is lost. */
  losesEvery = Number.POSITIVE_INFINITY;
  readonly #rate: number;
  #onFrame: (frame: Frame) => void = () => {};
  #frames: NodeJS.Timeout | undefined;

  constructor(rate = 30, limit = 0) {
    this.#rate = rate;
    const profile = readCarProfile('simulated');
    this.car = new Car({
      profile,
      drivetrain: profile.drivetrain,
      camera: {
        rate,
        health: { state: 'there', message: null, losses: 0 },
        start: async (onFrame) => {
          this.#onFrame = onFrame;
        },
        stop: async () => clearInterval(this.#frames),
      },
      decode: (frame) => this.decode(frame),
      now: () => this.now,
      log: () => {},
      smoothing: 0,
      limit,
      scale: 100,
      openPort: this.outputs.openPort,
    });
    this.car.load({
      model: { hash: 'a'.repeat(64) as Sha256, name: 'fast' },
      policy: { decide: () => this.decide(), close: async () => {} },
      mapping: ({ speedMps }) => ({ steering: 0, throttle: speedMps }),
      input: cameraOnly,
    });
  }

  get now(): Micros {
    return (Math.round(performance.now() * 1000) + this.blocked) as Micros;
  }

  /** Powered, fresh frames, and ready to be armed. */
  async start(): Promise<this> {
    await this.car.start();
    this.frames();
    await this.pass(600);
    return this;
  }

  /** They come by themselves. */
  frames(): void {
    let count = 0;
    clearInterval(this.#frames);
    this.#frames = setInterval(() => {
      count += 1;
      if (count % this.losesEvery !== 0) this.frame();
    }, 1000 / this.#rate);
  }

  frame(): void {
    this.#onFrame({ at: this.now, format: 'grey', width: 160, height: 120, data: new Uint8Array(1) });
  }

  noFrames(): void {
    clearInterval(this.#frames);
  }

  async pass(ms: number): Promise<void> {
    await vi.advanceTimersByTimeAsync(ms);
  }

  give(...types: Exclude<DrivingAction['type'], 'drive' | 'flag' | 'throttle-scale' | 'run-speed'>[]): void {
    for (const type of types) this.car.command({ type });
  }

  /** It drives, and an action came at this very moment. */
  async drive(): Promise<void> {
    this.give('arm', 'start');
    await this.acted();
  }

  async acted(): Promise<void> {
    const before = this.outputs.pulses.length;
    while (this.outputs.pulses.length === before) await this.pass(1);
  }

  get state(): string {
    const { phase, reason } = this.car.safety;
    return reason === null ? phase : `${phase}: ${reason}`;
  }

  /** What left for the outputs since, other than beats. */
  since(): () => readonly string[] {
    const from = this.outputs.told.length;
    return () => this.outputs.told.slice(from).map(({ what }) => what);
  }
}
