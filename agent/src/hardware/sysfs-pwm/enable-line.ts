import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PitwallError } from '@pitwall/protocol';
import { type KernelFiles, kernelFiles } from './kernel-files.js';
import type { SysfsPwmProfile } from './profile.js';

type Settings = NonNullable<SysfsPwmProfile['enable']>;

/** As for a PWM channel: udev hands the line's files over a moment after they appear. */
const permission = { everyMs: 20, withinMs: 2000 } as const;

/** The motor driver's enable line. Written whole each time: the file is the truth, also after another process wrote it. */
export class EnableLine {
  readonly #value: string;
  readonly #low: boolean;
  readonly #files: KernelFiles;

  private constructor(folder: string, low: boolean, files: KernelFiles) {
    this.#value = join(folder, 'value');
    this.#low = low;
    this.#files = files;
    // `high` and `low` set direction and level at once, without a moment of the other level.
    files.write(join(folder, 'direction'), low ? 'high' : 'low');
  }

  /** Takes the first of the numbers that this kernel has. @throws PitwallError `outputs-lost`, or the file system's error */
  static async open({ gpios, low, root }: Settings, files: KernelFiles = kernelFiles): Promise<EnableLine> {
    const folder = gpios.map((gpio) => exported(root, gpio, files)).find((one) => one !== undefined);
    if (folder === undefined) {
      throw new PitwallError(
        'outputs-lost',
        `There is no GPIO ${gpios.join(' or ')} under ${root} for this user; check drivetrain.enable, and that the user is in the group gpio.`,
      );
    }
    const wanted = ['direction', 'value'].map((name) => join(folder, name));
    for (let waited = 0; waited < permission.withinMs; waited += permission.everyMs) {
      if (wanted.every((file) => files.writable(file))) break;
      await wait(permission.everyMs);
    }
    return new EnableLine(folder, low, files);
  }

  set(on: boolean): void {
    this.#files.write(this.#value, on !== this.#low ? 1 : 0);
  }
}

function exported(root: string, gpio: number, files: KernelFiles): string | undefined {
  const folder = join(root, `gpio${gpio}`);
  if (files.exists(folder)) return folder;
  try {
    files.write(join(root, 'export'), gpio);
  } catch {
    return undefined;
  }
  return files.exists(folder) ? folder : undefined;
}
