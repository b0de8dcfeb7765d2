import { writeFile } from 'node:fs/promises';
import type { LightProfile } from '@pitwall/firmware-config';
import { Supervisor } from '@pitwall/runtime';
import type { DeviceEvents } from '../device.js';
import type { Colour, Light } from '../light.js';
import { afterChannel, openPwm } from './chip.js';
import { lostBecause } from './kernel-files.js';

/** Written again this often, so that a light that was away shows its colour again, in ms. */
const refreshMs = 1000;
/** Without motor and steering (the doctor runs alone) the light sets the period itself, after so many ms. */
const afterMs = 3000;
const dark: Colour = { red: 0, green: 0, blue: 0 };

/** A tail light of three colours on PWM channels of the kernel. */
export class SysfsPwmLight implements Light {
  readonly #supervisor: Supervisor;
  #colour = dark;
  #show: () => void = () => {};

  /** @param after the channel that sets the period of the same chip, where there is one: the motor's */
  constructor(profile: LightProfile, events: DeviceEvents, after?: number) {
    this.#supervisor = new Supervisor({
      events,
      open: async ({ there, lost }) => {
        if (after !== undefined) await afterChannel(profile, after, afterMs);
        // One after the other: only one channel may set the period that a PCA9685 has for all of them.
        const files: string[] = [];
        for (const channel of [profile.red, profile.green, profile.blue]) {
          files.push(await openPwm(profile, channel, 0).catch(refused));
        }
        const write = async ({ red, green, blue }: Colour) => {
          const shares = [red, green, blue];
          await Promise.all(
            files.map((file, i) => writeFile(file, `${Math.round(profile.full * shares[i]!)}\n`, { flag: 'r+' })),
          );
        };
        let writing = Promise.resolve();
        // One after the other, the latest colour each time.
        this.#show = () => {
          writing = writing
            .then(() => write(this.#colour))
            .catch(() => lost('The tail light cannot be written any more.'));
        };
        await write(this.#colour);
        there();
        const timer = setInterval(this.#show, refreshMs);
        return async () => {
          clearInterval(timer);
          this.#show = () => {};
          await writing;
          await write(dark).catch(() => {});
        };
      },
    });
  }

  get health() {
    return this.#supervisor.health;
  }

  async start(): Promise<void> {
    this.#supervisor.start();
  }

  show(colour: Colour): void {
    this.#colour = colour;
    this.#show();
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }
}

const refused = (cause: unknown): never => {
  throw new Error(`The tail light cannot be used. ${lostBecause(cause).message}`);
};
