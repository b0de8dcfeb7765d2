import { readFileSync } from 'node:fs';
import { BootId, type Micros } from '@pitwall/protocol';
import { v7 as uuidv7 } from 'uuid';

/** A monotonic clock and the name of its life: two of its times may be subtracted while `bootId` is the same. */
export interface Clock {
  readonly bootId: BootId;
  now(): Micros;
}

/**
 * This machine's CLOCK_MONOTONIC (`process.hrtime`), the clock of the kernel's GPIO events too. On Linux every process
 * of one boot shares it, and the kernel's boot id names its life; elsewhere its life is taken to be this process's.
 */
export function hostClock(): Clock {
  return { bootId: BootId.parse(kernelBootId() ?? uuidv7()), now };
}

const now = (): Micros => Number(process.hrtime.bigint() / 1000n) as Micros;

function kernelBootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
}
