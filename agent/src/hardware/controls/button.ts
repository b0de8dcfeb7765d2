import { closeSync, existsSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Controls, ControlsEvents } from './controls.js';

/** A reading takes microseconds; a press lasts longer than two of them. */
const pollMs = 20;
const reopenPolls = 10;
/** udev hands a new line to this user a moment after its export (as {@link EnableLine} waits for it): so long nothing is pressed. */
const firstPolls = 100;

export interface ButtonSettings {
  /** One number of the kernel, or several to try in turn. */
  readonly gpio: number | readonly number[];
  /** The level that means pressed. Wire it so that a broken wire reads as pressed. */
  readonly pressed: 0 | 1;
  readonly root: string;
}

/** An emergency stop button at a GPIO. A button that cannot be read counts as pressed, from two seconds after the start on. */
export class EmergencyButton implements Controls {
  readonly #settings: ButtonSettings;
  #file: number | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(settings: ButtonSettings) {
    this.#settings = settings;
  }

  start(on: ControlsEvents): void {
    this.#open();
    let polls = 0;
    let wasThere = false;
    this.#poll = setInterval(() => {
      polls += 1;
      // The line may not be this user's yet, and a chip may come late.
      if (this.#file === undefined && polls % reopenPolls === 0) this.#open();
      wasThere ||= this.#file !== undefined;
      if (!wasThere && polls <= firstPolls) return;
      // Again and again while it is held: nobody clears the car under a pressed button.
      if (this.#isDown()) on.emergency();
    }, pollMs);
  }

  stop(): void {
    clearInterval(this.#poll);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #open(): void {
    const { gpio, root } = this.#settings;
    for (const number of typeof gpio === 'number' ? [gpio] : gpio) {
      const folder = join(root, `gpio${number}`);
      try {
        if (!existsSync(folder)) writeFileSync(join(root, 'export'), `${number}\n`);
        writeFileSync(join(folder, 'direction'), 'in\n');
        this.#file = openSync(join(folder, 'value'), 'r');
        return;
      } catch {
        // The next number; or the next try.
      }
    }
  }

  #isDown(): boolean {
    if (this.#file === undefined) return true;
    try {
      const value = Buffer.alloc(1);
      readSync(this.#file, value, 0, 1, 0);
      return value.toString('latin1') === String(this.#settings.pressed);
    } catch {
      return true;
    }
  }
}
