import {
  accessSync,
  closeSync,
  constants,
  existsSync,
  openSync,
  readdirSync,
  readFileSync,
  realpathSync,
  writeSync,
} from 'node:fs';
import { PitwallError } from '@pitwall/protocol';

/** The kernel's files of PWM and GPIO, as far as they are used; a test puts a kernel's rules behind them. */
export interface KernelFiles {
  /** Names in a folder. @throws Error where there is none */
  list(folder: string): readonly string[];
  /** Where a symlink leads to. */
  resolve(path: string): string;
  exists(path: string): boolean;
  writable(path: string): boolean;
  read(path: string): string;
  write(path: string, value: string | number): void;
}

export const kernelFiles: KernelFiles = {
  list: (folder) => readdirSync(folder),
  resolve: (path) => realpathSync(path),
  exists: (path) => existsSync(path),
  writable: (path) => {
    try {
      accessSync(path, constants.W_OK);
      return true;
    } catch {
      return false;
    }
  },
  read: (path) => readFileSync(path, 'utf8').trim(),
  // In place, and with a newline that ends the number: a plain file keeps the tail of a longer one. `export` can be written only.
  write: (path, value) => {
    const file = openSync(path, constants.O_WRONLY);
    try {
      writeSync(file, `${value}\n`, 0);
    } finally {
      closeSync(file);
    }
  },
};

/** What an error number of a write means here, and what to do; each has one meaning in drivers/pwm and in sysfs. */
const meanings: Readonly<Record<string, string>> = {
  EACCES: 'this user may not write there: install the udev rules, and put the user into the group gpio',
  EPERM: 'this user may not write there: install the udev rules, and put the user into the group gpio',
  EBUSY:
    'the chip has another period: stop what else uses it (deepracer-core, a program for the tail light), or give all of them one period; where nothing does, the chip does not answer: check its wiring and power',
  EINVAL: 'the kernel refuses this number: check period and pulse widths in the profile, and the GPIO’s number',
  ENODEV: 'the chip is gone: check its wiring and power',
  ENOENT: 'the kernel does not show it (any more): check the wiring, the driver and the profile',
  EIO: 'the chip does not answer on its bus: check its wiring and power',
  ENXIO: 'the chip does not answer on its bus: check its wiring and power',
  EREMOTEIO: 'the chip does not answer on its bus: check its wiring and power',
  ETIMEDOUT: 'the chip does not answer on its bus: check its wiring and power',
};

/** Any failure at the kernel's files, as one sentence that says where and what to do. */
export function lostBecause(cause: unknown): PitwallError {
  if (cause instanceof PitwallError) return cause;
  const { code, path, message } = cause as NodeJS.ErrnoException;
  const meaning = meanings[code ?? ''];
  const text =
    meaning === undefined
      ? `${message}; check its wiring and power.`
      : `${path ?? 'An output'} cannot be written (${code}); ${meaning}.`;
  return new PitwallError('outputs-lost', text, { cause });
}
