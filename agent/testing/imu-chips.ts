import type { I2cRegisters } from '../src/hardware/i2c/index.js';

export interface Feels {
  readonly x: number;
  readonly y: number;
  readonly z: number;
  /** °/s about z. */
  readonly turn: number;
}

/** Registers, bank after bank. */
class Banks {
  readonly #banks = new Map<number, Uint8Array>();
  at(bank: number): Uint8Array {
    const found = this.#banks.get(bank) ?? new Uint8Array(256);
    this.#banks.set(bank, found);
    return found;
  }
  clear(): void {
    this.#banks.clear();
  }
}

/** What the data sheet of one chip says. */
interface Rules {
  /** Bank, register and value after power-on, where that is not 0. */
  readonly afterPowerOn: readonly (readonly [bank: number, register: number, value: number])[];
  /** The register by which the bank is chosen, in all of them. */
  readonly bank?: { readonly register: number; readonly of: (value: number) => number };
  /** From power to its first acknowledge, in ms. */
  readonly startMs: number;
  /** A write that is not simply kept; true: it is done. */
  readonly taken?: (banks: Banks, bank: number, register: number, value: number) => boolean;
  readonly accel: (banks: Banks) => { readonly awake: boolean; readonly perG: number; readonly most: number };
  readonly gyro: (banks: Banks) => { readonly awake: boolean; readonly perDegree: number; readonly most: number };
  readonly felt: number;
  readonly turned: number;
  readonly lowFirst: boolean;
}

const int16 = 32_767;
const invensense = (accelScale: number, gyroScale: number) => ({
  perG: 16_384 >> accelScale,
  perDegree: 131 / 2 ** gyroScale,
});

const rules = {
  /** BST-BMI160-DS000 rev. 1.0: 2.11; a range that is none of the four is 2 g. */
  bmi160: {
    afterPowerOn: [
      [0, 0x00, 0xd1],
      [0, 0x40, 0x28],
      [0, 0x41, 0x03],
      [0, 0x42, 0x28],
    ],
    startMs: 10,
    taken: (banks, _, register, value) => {
      if (register !== 0x7e) return false;
      if (value === 0x11) banks.at(0)[0x03]! |= 0x10;
      if (value === 0x15) banks.at(0)[0x03]! |= 0x04;
      return true;
    },
    accel: (banks) => {
      const range = ({ 5: 4, 8: 8, 12: 16 } as Record<number, number>)[banks.at(0)[0x41]! & 0x0f] ?? 2;
      return { awake: (banks.at(0)[0x03]! & 0x30) === 0x10, perG: 32_768 / range, most: int16 };
    },
    gyro: (banks) => ({
      awake: (banks.at(0)[0x03]! & 0x0c) === 0x04,
      perDegree: 16.4 * 2 ** (banks.at(0)[0x43]! & 0x07),
      most: int16,
    }),
    felt: 0x12,
    turned: 0x0c,
    lowFirst: true,
  },
  /** RM-MPU-9250A-00 rev. 1.6: awake after power-on (PWR_MGMT_1 0x01), ±2 g, ±250 °/s. */
  mpu9250: {
    afterPowerOn: [
      [0, 0x6b, 0x01],
      [0, 0x75, 0x71],
    ],
    startMs: 35,
    accel: (banks) => ({
      awake: (banks.at(0)[0x6b]! & 0x40) === 0,
      perG: invensense((banks.at(0)[0x1c]! >> 3) & 3, 0).perG,
      most: int16,
    }),
    gyro: (banks) => ({
      awake: (banks.at(0)[0x6b]! & 0x40) === 0,
      perDegree: invensense(0, (banks.at(0)[0x1b]! >> 3) & 3).perDegree,
      most: int16,
    }),
    felt: 0x3b,
    turned: 0x43,
    lowFirst: false,
  },
  /** DS-000189 rev. 1.3: section 7 to 10; bits 5:4 of REG_BANK_SEL choose the bank. */
  icm20948: {
    afterPowerOn: [
      [0, 0x00, 0xea],
      [0, 0x06, 0x41],
      [2, 0x01, 0x01],
      [2, 0x14, 0x01],
    ],
    bank: { register: 0x7f, of: (value) => (value >> 4) & 3 },
    startMs: 11,
    accel: (banks) => ({
      awake: (banks.at(0)[0x06]! & 0x40) === 0 && (banks.at(0)[0x07]! & 0x38) === 0,
      perG: invensense((banks.at(2)[0x14]! >> 1) & 3, 0).perG,
      most: int16,
    }),
    gyro: (banks) => ({
      awake: (banks.at(0)[0x06]! & 0x40) === 0 && (banks.at(0)[0x07]! & 0x07) === 0,
      perDegree: invensense(0, (banks.at(2)[0x01]! >> 1) & 3).perDegree,
      most: int16,
    }),
    felt: 0x2d,
    turned: 0x33,
    lowFirst: false,
  },
  /**
   * BST-BNO055-DS000 rev. 1.4: CONFIGMODE after power-on, 400 ms to it (table 0-2), no data in it (3.3.1), and settings are taken in it
   * only (3.3); m/s² of 100 counts and °/s of 16 (tables 3-17, 3-22); a fusion mode holds the accelerometer at 4 g (3.5.2).
   */
  bno055: {
    afterPowerOn: [
      [0, 0x00, 0xa0],
      [0, 0x3b, 0x80],
      [1, 0x08, 0x0d],
      [1, 0x0a, 0x38],
    ],
    bank: { register: 0x07, of: (value) => value & 1 },
    startMs: 400,
    taken: (banks, bank, register) => (bank === 1 || register === 0x3b) && (banks.at(0)[0x3d]! & 0x0f) !== 0,
    accel: (banks) => {
      const mode = banks.at(0)[0x3d]! & 0x0f;
      const range = mode >= 0x08 ? 4 : 2 << (banks.at(1)[0x08]! & 3);
      return { awake: [1, 4, 5].includes(mode) || mode >= 7, perG: 980.665, most: range * 980.665 };
    },
    gyro: (banks) => {
      const mode = banks.at(0)[0x3d]! & 0x0f;
      const most = 2000 >> (banks.at(1)[0x0a]! & 7);
      return { awake: [3, 5, 6].includes(mode) || mode >= 7, perDegree: 16, most: most * 16 };
    },
    felt: 0x08,
    turned: 0x14,
    lowFirst: true,
  },
} satisfies Record<string, Rules>;

/** An IMU on an I²C bus by its data sheet: what it has after power-on, when it measures, and how far its range goes. */
export class EmulatedImuChip {
  readonly #rules: Rules;
  readonly #banks = new Banks();
  #bank = 0;
  #feels: Feels | undefined;
  #answersFrom = 0;
  /** Opened and not closed. */
  open = 0;

  constructor(chip: keyof typeof rules) {
    this.#rules = rules[chip];
  }

  /** It gets its power, where it had none, on something that feels this along the chip's axes. */
  plug(feels: Feels): void {
    if (this.#feels === undefined) this.#powerOn();
    this.#feels = feels;
  }

  unplug(): void {
    this.#feels = undefined;
  }

  /** For a moment. */
  losePower(): void {
    this.#powerOn();
  }

  readonly registers = async (): Promise<I2cRegisters> => {
    this.open += 1;
    return {
      read: async (register, count) => {
        this.#acknowledge();
        return Uint8Array.from({ length: count }, (_, i) => this.#read(register + i));
      },
      write: async (register, value) => {
        this.#acknowledge();
        this.#write(register, value);
      },
      close: async () => {
        this.open -= 1;
      },
    };
  };

  #powerOn(): void {
    this.#banks.clear();
    this.#bank = 0;
    for (const [bank, register, value] of this.#rules.afterPowerOn) this.#banks.at(bank)[register] = value;
    this.#answersFrom = performance.now() + this.#rules.startMs;
  }

  #acknowledge(): void {
    if (this.#feels === undefined || performance.now() < this.#answersFrom)
      throw new Error('I²C chip 0x68 on bus 1 does not answer (EREMOTEIO).');
  }

  #write(register: number, value: number): void {
    const { bank, taken } = this.#rules;
    if (register === bank?.register) this.#bank = bank.of(value);
    else if (!taken?.(this.#banks, this.#bank, register, value)) this.#banks.at(this.#bank)[register] = value;
  }

  #read(register: number): number {
    const { felt, turned } = this.#rules;
    if (this.#bank === 0) {
      for (const [first, values] of [
        [felt, this.#felt()],
        [turned, this.#turned()],
      ] as const) {
        const byte = register - first;
        if (byte >= 0 && byte < 6) {
          const value = values[byte >> 1]!;
          return byte % 2 === (this.#rules.lowFirst ? 0 : 1) ? value & 0xff : (value >> 8) & 0xff;
        }
      }
    }
    return this.#banks.at(this.#bank)[register & 0xff]!;
  }

  #felt(): readonly number[] {
    const { awake, perG, most } = this.#rules.accel(this.#banks);
    const { x, y, z } = this.#feels!;
    return [x, y, z].map((g) => (awake ? clipped(g * perG, most) : 0));
  }

  #turned(): readonly number[] {
    const { awake, perDegree, most } = this.#rules.gyro(this.#banks);
    return [0, 0, this.#feels!.turn].map((degrees) => (awake ? clipped(degrees * perDegree, most) : 0));
  }
}

const clipped = (value: number, most: number): number => Math.round(Math.max(-most, Math.min(most, value)));
