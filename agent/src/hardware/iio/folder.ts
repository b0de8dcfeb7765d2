import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PitwallError } from '@pitwall/protocol';

/** The folder of the device that the kernel calls so. @throws PitwallError `not-found` */
export function findIioDevice(root: string, name: string): string {
  const nameOf = (device: string): string | undefined => {
    try {
      return readFileSync(join(root, device, 'name'), 'utf8').trim();
    } catch {
      // A trigger, or a device that goes at this moment.
      return undefined;
    }
  };
  let found: string | undefined;
  try {
    found = readdirSync(root).find((device) => nameOf(device) === name);
  } catch {
    // No IIO in this kernel: none found.
  }
  if (found === undefined) {
    throw new PitwallError('not-found', `The kernel shows no ${name} under ${root}; check wiring and driver.`);
  }
  return join(root, found);
}
