import { readFileSync } from 'node:fs';
import { BootId, type Micros, PitwallError, parse } from '@pitwall/protocol';

/** The car's monotonic clock: CLOCK_MONOTONIC in µs, the same in every process of one boot. */
export type Now = () => Micros;

export const now: Now = () => Number(process.hrtime.bigint() / 1000n) as Micros;

/** The life of that clock. @throws PitwallError `clock-unreadable` */
export function kernelBootId(file = '/proc/sys/kernel/random/boot_id'): BootId {
  try {
    return parse(BootId, readFileSync(file, 'utf8').trim(), 'The kernel’s boot id', 'clock-unreadable');
  } catch (cause) {
    throw new PitwallError('clock-unreadable', `The kernel’s boot id cannot be read from ${file}; Linux is needed.`, {
      cause,
    });
  }
}
