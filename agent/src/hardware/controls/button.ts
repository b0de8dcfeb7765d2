import { closeSync, existsSync, openSync, readSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Controls, ControlsEvents } from './controls.js';

/** A reading takes microseconds; a press lasts longer than two of them. */
const pollMs = 20;

export interface ButtonSettings {
  readonly gpio: number;
  /** The level that means pressed. Wire it so that a broken wire reads as pressed. */
  readonly pressed: 0 | 1;
  readonly root: string;
}

/** An emergency stop button at a GPIO. A button that cannot be read counts as pressed. */
export class EmergencyButton implements Controls {
  readonly #settings: ButtonSettings;
  #file: number | undefined;
  #poll: NodeJS.Timeout | undefined;

  constructor(settings: ButtonSettings) {
    this.#settings = settings;
  }

  start(on: ControlsEvents): void {
    const { gpio, root } = this.#settings;
    const folder = join(root, `gpio${gpio}`);
    try {
      if (!existsSync(folder)) writeFileSync(join(root, 'export'), `${gpio}\n`);
      writeFileSync(join(folder, 'direction'), 'in\n');
      this.#file = openSync(join(folder, 'value'), 'r');
    } catch {
      this.#file = undefined;
    }
    this.#poll = setInterval(() => {
      // Again and again while it is held: nobody clears the car under a pressed button.
      if (this.#isDown()) on.emergency();
    }, pollMs);
  }

  stop(): void {
    clearInterval(this.#poll);
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
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
