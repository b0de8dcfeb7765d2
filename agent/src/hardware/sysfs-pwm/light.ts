import { writeFile } from 'node:fs/promises';
import type { LightProfile } from '@pitwall/firmware-config';
import { Supervisor } from '@pitwall/runtime';
import type { DeviceEvents } from '../device.js';
import type { Colour, Light } from '../light.js';
import { openPwm } from './chip.js';

/** Written again this often, so that a light that was away shows its colour again, in ms. */
const refreshMs = 1000;
const dark: Colour = { red: 0, green: 0, blue: 0 };

/** A tail light of three colours on PWM channels of the kernel. */
export class SysfsPwmLight implements Light {
  readonly #supervisor: Supervisor;
  #colour = dark;
  #show: () => void = () => {};

  constructor(profile: LightProfile, events: DeviceEvents) {
    this.#supervisor = new Supervisor({
      events,
      open: async ({ there, lost }) => {
        const files = await Promise.all(
          [profile.red, profile.green, profile.blue].map((channel) => openPwm(profile, channel, 0)),
        );
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
