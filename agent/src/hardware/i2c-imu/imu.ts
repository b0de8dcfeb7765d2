import { setTimeout as wait } from 'node:timers/promises';
import { type Now, type OpenSignal, Supervisor } from '@pitwall/runtime';
import type { DeviceEvents } from '../device.js';
import { findBus, type I2cRegisters, type OpenI2cRegisters, openI2cRegisters } from '../i2c/index.js';
import type { Axes, Imu, Motion } from '../imu.js';
import { mounted } from '../imu-mounting.js';
import { type I2cImuProfile, type ImuChip, imuChips } from './chips.js';

/** 100 Hz, as an IMU of the kernel is read. */
const periodMs = 10;
/** Reads that fail in a row before it counts as gone: a bus may stumble once. */
const mostFailures = 5;
/** Every so many reads its settings are looked at: one that lost its power is back at ±2 g, asleep, or both. */
const lookReads = 25;

/** Accelerometer and gyroscope on an I²C bus, without a driver of the kernel. */
export class I2cImu implements Imu {
  readonly #profile: I2cImuProfile;
  readonly #chip: ImuChip;
  readonly #now: Now;
  readonly #openRegisters: OpenI2cRegisters;
  readonly #supervisor: Supervisor;
  #onMotion: (motion: Motion) => void = () => {};

  constructor(
    profile: I2cImuProfile,
    parts: { readonly now: Now; readonly events: DeviceEvents; readonly open?: OpenI2cRegisters },
  ) {
    this.#profile = profile;
    this.#chip = imuChips[profile.chip];
    this.#now = parts.now;
    this.#openRegisters = parts.open ?? openI2cRegisters;
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

  async #open({ there, lost }: OpenSignal): Promise<() => Promise<void>> {
    const { name } = this.#chip;
    const address = this.#profile.address ?? this.#chip.address;
    const at = `0x${address.toString(16)} on I²C bus ${this.#profile.bus}`;
    const registers = await this.#openRegisters(findBus(this.#profile), address);
    try {
      await this.#setUp(registers, at);
    } catch (error) {
      await registers.close();
      throw error;
    }
    let reads = 0;
    let failures = 0;
    let reading: Promise<void> | undefined;
    const read = async () => {
      try {
        reads += 1;
        if (reads % lookReads === 0 && !(await this.#isSetUp(registers))) {
          lost(`The ${name} ${at} lost its power for a moment; check its wiring.`);
          return;
        }
        const motion = await this.#sample(registers);
        failures = 0;
        there();
        this.#onMotion(motion);
      } catch {
        failures += 1;
        if (failures === mostFailures) lost(`The ${name} ${at} does not answer any more; check its wiring.`);
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
      await registers.close();
    };
  }

  async #setUp(registers: I2cRegisters, at: string): Promise<void> {
    const { name, page, identity, settings } = this.#chip;
    const write = async ([register, value, ms = 0]: (typeof settings)[number]) => {
      await registers.write(register, value);
      if (ms > 0) await wait(ms);
    };
    for (const step of page) await write(step);
    const [is = 0] = await registers.read(identity.register, 1);
    if (!identity.is.includes(is))
      throw new Error(
        `What is at ${at} is no ${name} (it says 0x${is.toString(16)}); check imu.chip and imu.address in the profile.`,
      );
    for (const step of settings) await write(step);
    if (!(await this.#isSetUp(registers)))
      throw new Error(`The ${name} ${at} does not take its range; check its supply.`);
  }

  async #isSetUp(registers: I2cRegisters): Promise<boolean> {
    for (const { register, mask, value } of this.#chip.kept) {
      const [is = 0] = await registers.read(register, 1);
      if ((is & mask) !== value) return false;
    }
    return true;
  }

  /** @throws where it measures nothing: no car feels exactly 0, 0, 0, but a chip that sleeps says so. */
  async #sample(registers: I2cRegisters): Promise<Motion> {
    const { register, count, lowFirst, felt, turned, perG, perDegree } = this.#chip.values;
    const at = this.#now();
    const bytes = await registers.read(register, count);
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.length);
    const axes = (first: number, unit: number): Axes => {
      const [x = 0, y = 0, z = 0] = [0, 2, 4].map((byte) => view.getInt16(first + byte, lowFirst) / unit);
      return { x, y, z };
    };
    const feels = axes(felt, perG);
    if (feels.x === 0 && feels.y === 0 && feels.z === 0) throw new Error('it measures nothing');
    const { mounting } = this.#profile;
    return { at, ...mounted(mounting, feels), turn: mounted(mounting, axes(turned, perDegree)) };
  }
}
