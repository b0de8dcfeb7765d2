import { readdirSync, realpathSync } from 'node:fs';
import { join } from 'node:path';

/** Number of a bus: a number as it is, else the bus that has a folder of this name on the way to it. @throws Error */
export function findBus({ bus, root }: { readonly bus: string; readonly root: string }): number {
  if (/^\d+$/.test(bus)) return Number(bus);
  let found: string | undefined;
  try {
    // A whole name: `i2c-1` is not `i2c-10`.
    found = readdirSync(root).find((name) => realpathSync(join(root, name)).split('/').includes(bus));
  } catch {
    // No I²C in this kernel, or the module i2c-dev is not loaded: none found.
  }
  const number = found?.match(/^i2c-(\d+)$/)?.[1];
  if (number === undefined) throw new Error(`The kernel shows no I²C bus ${bus} under ${root}.`);
  return Number(number);
}
