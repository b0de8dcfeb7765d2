import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { SysfsPwmProfile } from './profile.js';

type Settings = NonNullable<SysfsPwmProfile['enable']>;

/** The motor driver's enable line. Written whole each time: the file is the truth, also after another process wrote it. */
export class EnableLine {
  readonly #value: string;
  readonly #low: boolean;

  /** Takes the first of the numbers that this kernel has. */
  constructor({ gpios, low, root }: Settings) {
    this.#low = low;
    const folder = gpios.map((gpio) => exported(root, gpio)).find((one) => one !== undefined);
    if (folder === undefined) throw new Error(`no GPIO ${gpios.join(' or ')} under ${root}`);
    this.#value = join(folder, 'value');
    // `high` and `low` set direction and level at once, without a moment of the other level.
    writeFileSync(join(folder, 'direction'), low ? 'high\n' : 'low\n');
  }

  set(on: boolean): void {
    writeFileSync(this.#value, on !== this.#low ? '1\n' : '0\n');
  }
}

function exported(root: string, gpio: number): string | undefined {
  const folder = join(root, `gpio${gpio}`);
  if (existsSync(folder)) return folder;
  try {
    writeFileSync(join(root, 'export'), `${gpio}\n`);
  } catch {
    return undefined;
  }
  return existsSync(folder) ? folder : undefined;
}

/** Off, from any process and at once; nothing happens where the line was never exported. */
export function enableLineOff({ gpios, low, root }: Settings): void {
  for (const gpio of gpios) {
    const value = join(root, `gpio${gpio}`, 'value');
    if (existsSync(value)) writeFileSync(value, low ? '1\n' : '0\n');
  }
}
