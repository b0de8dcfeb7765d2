import type { WireDevice } from './emulated-board.js';

/** In g and °/s, along the chip's own axes. */
export interface Feels {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  readonly turn: number;
}

const address = 0x68;
const power = 0x6b;
const gyroRange = 0x1b;
const accelRange = 0x1c;
const values = 0x3b;

/** An MPU-6050 as its register map has it: asleep when it gets power, and then it measures nothing. */
export class EmulatedMpu6050 implements WireDevice {
  readonly #registers = new Uint8Array(128);
  #feels: Feels | null = null;
  #pointer = 0;

  /** null takes its power away: its settings are gone. */
  plug(feels: Feels | null): void {
    if (this.#feels === null && feels !== null) {
      this.#registers.fill(0);
      this.#registers[power] = 0x40;
    }
    this.#feels = feels;
  }

  answers(to: number): boolean {
    return this.#feels !== null && to === address;
  }

  write(byte: number, first: boolean): void {
    if (first) this.#pointer = byte & 0x7f;
    else this.#registers[this.#pointer++ & 0x7f] = byte;
  }

  read(): number {
    const register = this.#pointer++ & 0x7f;
    const at = register - values;
    if (at < 0 || at >= 14) return this.#registers[register]!;
    const word = this.#words()[at >> 1]!;
    return at % 2 === 0 ? (word >> 8) & 0xff : word & 0xff;
  }

  #words(): readonly number[] {
    if (this.#feels === null || (this.#registers[power]! & 0x40) !== 0) return [0, 0, 0, 0, 0, 0, 0];
    const { x, y, z, turn } = this.#feels;
    const g = 16384 >> (this.#registers[accelRange]! >> 3);
    const degree = 131 / 2 ** (this.#registers[gyroRange]! >> 3);
    return [x * g, y * g, z * g, 3000, 0, 0, turn * degree].map(Math.round);
  }
}
