import { createHash, randomBytes } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { hostname } from 'node:os';
import type { BootId } from '@pitwall/protocol';
import type { Computer } from '@pitwall/protocol/messages';

/** Boards with a device tree have their serial number there (Raspberry Pi and kin). */
const serialNumber = '/proc/device-tree/serial-number';

/**
 * The computer that this program runs on. A copied SD card has the machine id of the first, its name and its keys; not its
 * serial number, nor this life of its kernel.
 */
export function thisComputer(bootId: BootId): Computer {
  const host = hostname()
    .replace(/[^\w.-]/g, '-')
    .slice(0, 63);
  const machine = createHash('sha256')
    .update(serialIn(serialNumber) ?? bootId)
    .digest('hex')
    .slice(0, 12);
  return { host: host === '' ? 'unnamed' : host, machine, instance: randomBytes(6).toString('hex') };
}

function serialIn(file: string): string | undefined {
  try {
    return readFileSync(file, 'utf8').replace(/\0/g, '').trim() || undefined;
  } catch {
    return undefined;
  }
}
