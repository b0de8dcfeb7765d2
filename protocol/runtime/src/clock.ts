import { readFileSync } from 'node:fs';
import { BootId, type Micros, PitwallError, parse } from '@pitwall/protocol';
import { v7 as uuidv7 } from 'uuid';

/** A monotonic clock, in µs. */
export type Now = () => Micros;

/** A monotonic clock and the name of its life: two of its times may be subtracted while `bootId` is the same. */
export interface Clock {
  readonly bootId: BootId;
  now(): Micros;
}

/** This machine's CLOCK_MONOTONIC (`process.hrtime`), the clock of the kernel's GPIO events too; the same in every process of one boot. */
export const now: Now = () => Number(process.hrtime.bigint() / 1000n) as Micros;

/** The kernel's name of its life (random(4)). */
const bootIdFile = '/proc/sys/kernel/random/boot_id';
/** Of a machine whose kernel has no such file. */
const thisProcess = BootId.parse(uuidv7());

/** {@link now}, named by the kernel's boot id; where there is none (Linux has one), its life is taken to be this process's. */
export function hostClock(file = bootIdFile): Clock {
  try {
    return { bootId: kernelBootId(file), now };
  } catch {
    return { bootId: thisProcess, now };
  }
}

/** The life of this machine's clock. @throws PitwallError `clock-unreadable` */
export function kernelBootId(file = bootIdFile): BootId {
  try {
    return parse(BootId, readFileSync(file, 'utf8').trim(), 'The kernel’s boot id', 'clock-unreadable');
  } catch (cause) {
    throw new PitwallError('clock-unreadable', `The kernel’s boot id cannot be read from ${file}; Linux is needed.`, {
      cause,
    });
  }
}
