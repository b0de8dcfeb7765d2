import { type FileHandle, open } from 'node:fs/promises';
import { createRequire } from 'node:module';

/**
 * Registers of one chip on an I²C bus, for what may wait: a bus that hangs holds a transfer up for as long as its adapter waits (a
 * second in drivers/i2c/busses/i2c-bcm2835.c), and that must not be the agent's second.
 */
export interface I2cRegisters {
  /** Several registers from the first on (the chip counts up). @throws Error when the chip does not answer */
  read(register: number, count: number): Promise<Uint8Array>;
  /** @throws Error when the chip does not answer */
  write(register: number, value: number): Promise<void>;
  close(): Promise<void>;
}

/**
 * `shared`: also where a driver of the kernel has the chip; the adapter takes one transfer after the other.
 * @throws Error with the system's code where the bus is not there or not allowed, with one sentence where a driver has the chip
 */
export type OpenI2cRegisters = (bus: number, address: number, shared?: boolean) => Promise<I2cRegisters>;

const require = createRequire(import.meta.url);

// include/uapi/linux/i2c-dev.h: I2C_SLAVE is refused (EBUSY) where a driver has the address, I2C_SLAVE_FORCE is not.
const onlyIfFree = 0x0703;
const useEvenIfBound = 0x0706;

/** Through /dev/i2c-N, in libuv's threads. */
export const openI2cRegisters: OpenI2cRegisters = async (bus, address, shared = false) => {
  // Loaded only where there is such a chip.
  const koffi = require('koffi') as typeof import('koffi').default;
  const setAddress = koffi.load('libc.so.6').func('int ioctl(int fd, unsigned long request, long address)');
  const file = await open(`/dev/i2c-${bus}`, 'r+');
  if (setAddress(file.fd, shared ? useEvenIfBound : onlyIfFree, address) < 0) {
    await file.close();
    throw new Error(
      `A driver of the kernel has the chip 0x${address.toString(16)} on I²C bus ${bus}; use kind: iio in the profile.`,
    );
  }
  return new FileRegisters(file, `I²C chip 0x${address.toString(16)} on bus ${bus}`);
};

/** Each read(2) and write(2) of i2c-dev is one message; a chip keeps the register that it was told between two of them. */
class FileRegisters implements I2cRegisters {
  readonly #file: FileHandle;
  readonly #called: string;

  constructor(file: FileHandle, called: string) {
    this.#file = file;
    this.#called = called;
  }

  read(register: number, count: number): Promise<Uint8Array> {
    return this.#answered(async () => {
      await this.#file.write(Uint8Array.of(register), 0, 1, null);
      const values = new Uint8Array(count);
      await this.#file.read(values, 0, count, null);
      return values;
    });
  }

  write(register: number, value: number): Promise<void> {
    return this.#answered(async () => void (await this.#file.write(Uint8Array.of(register, value), 0, 2, null)));
  }

  close(): Promise<void> {
    return this.#file.close();
  }

  async #answered<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (cause) {
      throw new Error(`${this.#called} does not answer (${(cause as NodeJS.ErrnoException).code}).`, { cause });
    }
  }
}
