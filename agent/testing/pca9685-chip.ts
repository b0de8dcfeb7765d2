import type { I2cChip } from '../src/hardware/i2c/index.js';

/**
 * A PCA9685 by its data sheet (NXP rev. 4): registers of its power-on reset (tables 4 to 8), several written in a row only with
 * auto-increment (7.3.1), PRE_SCALE taken asleep only (7.3.5), no output while asleep.
 */
export class Pca9685Chip {
  readonly #registers = new Uint8Array(256);
  /** False: it does not acknowledge. */
  answers = true;
  writes = 0;
  closed = 0;

  constructor() {
    this.powerOn();
  }

  powerOn(): void {
    this.#registers.fill(0);
    this.#registers[0x00] = 0x11;
    this.#registers[0x01] = 0x04;
    this.#registers[0xfe] = 0x1e;
    for (let output = 0; output < 16; output += 1) this.#registers[0x09 + 4 * output] = 0x10;
  }

  readonly open = (): I2cChip => ({
    read: (register) => {
      this.#acknowledge();
      return this.#registers[register]!;
    },
    readBlock: (register, count) => {
      this.#acknowledge();
      return this.#registers.slice(register, register + count);
    },
    write: (register, ...values) => {
      this.#acknowledge();
      this.writes += 1;
      for (const [i, value] of values.entries())
        this.#take((this.#registers[0]! & 0x20) === 0 ? register : register + i, value);
    },
    close: () => {
      this.closed += 1;
    },
  });

  get frequency(): number {
    return 25e6 / (4096 * (this.#registers[0xfe]! + 1));
  }

  /** Of what an output gives, µs; undefined: no pulse. */
  pulse(output: number): number | undefined {
    const at = 0x06 + 4 * output;
    if ((this.#registers[0]! & 0x10) !== 0 || (this.#registers[at + 3]! & 0x10) !== 0) return undefined;
    const [onLow, onHigh, low, high] = this.#registers.slice(at, at + 4) as unknown as [number, number, number, number];
    return ((low + 256 * high - onLow - 256 * onHigh) * (this.#registers[0xfe]! + 1)) / 25;
  }

  /** Of each cycle in which an output is high; a full OFF goes before a full ON (7.3.3). */
  share(output: number): number {
    const at = 0x06 + 4 * output;
    const [onLow, onHigh, low, high] = this.#registers.slice(at, at + 4) as unknown as [number, number, number, number];
    if ((this.#registers[0]! & 0x10) !== 0 || (high & 0x10) !== 0) return 0;
    return (onHigh & 0x10) !== 0 ? 1 : (low + 256 * high - onLow - 256 * onHigh) / 4096;
  }

  #acknowledge(): void {
    if (!this.answers) throw new Error('I²C chip 0x40 on bus 1 does not answer (errno 121)');
  }

  #take(register: number, value: number): void {
    if (register === 0xfe && (this.#registers[0]! & 0x10) === 0) return;
    if (register >= 0xfa && register <= 0xfd)
      for (let output = 0; output < 16; output += 1) this.#registers[register - 0xfa + 0x06 + 4 * output] = value;
    else this.#registers[register] = value;
  }
}
