import { closeSync, openSync } from 'node:fs';
import { createRequire } from 'node:module';

/** One chip on an I²C bus, register by register. Each call is one SMBus transfer. */
export interface I2cChip {
  /** @throws Error when the chip does not answer */
  read(register: number): number;
  /** Several registers from the first on (the chip counts up). @throws Error when the chip does not answer */
  readBlock(register: number, count: number): Uint8Array;
  /** @throws Error when the chip does not answer */
  write(register: number, ...values: readonly number[]): void;
  close(): void;
}

/** At once: who writes neutral for a process that died waits for nothing. */
export type OpenI2cChip = (bus: number, address: number) => I2cChip;

const require = createRequire(import.meta.url);

// include/uapi/linux/i2c-dev.h and i2c.h
const useEvenIfBound = 0x0706;
const smbusTransfer = 0x0720;
const toWrite = 0;
const toRead = 1;
const byteData = 2;
const blockData = 8;
const mostInBlock = 32;

/**
 * A chip through /dev/i2c-N. A driver of the kernel may have it, too: the adapter takes one transfer after the other, whoever
 * asks. @throws Error where the bus is not there or not allowed
 */
export const openI2cChip: OpenI2cChip = (bus, address) => {
  // Loaded only where there is such a chip.
  const koffi = require('koffi') as typeof import('koffi').default;
  const libc = koffi.load('libc.so.6');
  const setAddress = libc.func('int ioctl(int fd, unsigned long request, long address)');
  const transfer = libc.func('int ioctl(int fd, unsigned long request, void *transfer)');
  const file = openSync(`/dev/i2c-${bus}`, 'r+');
  const failed = (what: string) =>
    new Error(`I²C chip 0x${address.toString(16)} on bus ${bus} ${what} (errno ${koffi.errno()})`);
  if (setAddress(file, useEvenIfBound, address) < 0) {
    closeSync(file);
    throw failed('cannot be addressed');
  }
  // struct i2c_smbus_ioctl_data { __u8 read_write; __u8 command; __u32 size; union i2c_smbus_data *data; }
  const data = Buffer.alloc(mostInBlock + 2);
  const request = Buffer.alloc(16);
  request.writeBigUInt64LE(BigInt(koffi.address(data)), 8);
  const exchange = (direction: number, register: number, size: number): void => {
    request.writeUInt8(direction, 0);
    request.writeUInt8(register, 1);
    request.writeUInt32LE(size, 4);
    if (transfer(file, smbusTransfer, request) < 0) throw failed('does not answer');
  };
  return {
    read: (register) => {
      exchange(toRead, register, byteData);
      return data[0]!;
    },
    readBlock: (register, count) => {
      data[0] = count;
      exchange(toRead, register, blockData);
      return Uint8Array.from(data.subarray(1, 1 + count));
    },
    write: (register, ...values) => {
      if (values.length === 1) data[0] = values[0]!;
      else data.set([values.length, ...values]);
      exchange(toWrite, register, values.length === 1 ? byteData : blockData);
    },
    close: () => closeSync(file),
  };
};
