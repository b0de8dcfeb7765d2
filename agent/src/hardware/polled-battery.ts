import type { Battery, BatteryReading } from './battery.js';
import type { Now } from './clock.js';
import type { DeviceEvents } from './device.js';
import { poll } from './poll.js';
import { ReconnectingDevice } from './reconnecting-device.js';

export interface PolledBatteryParts {
  readonly now: Now;
  readonly events: DeviceEvents;
  readonly everyMs: number;
  /** Rejects with one sentence where it cannot be read. */
  readonly read: () => Promise<Pick<BatteryReading, 'unit' | 'value'>>;
}

/** A battery whose fullness is asked every now and then. Nobody knows it while it does not answer. */
export class PolledBattery implements Battery {
  readonly #device: ReconnectingDevice;
  #reading: BatteryReading | undefined;

  constructor({ now, events, everyMs, read }: PolledBatteryParts) {
    this.#device = new ReconnectingDevice({
      events: {
        found: events.found,
        lost: (message) => {
          this.#reading = undefined;
          events.lost(message);
        },
      },
      backOff: { firstMs: Math.min(everyMs, 1000), mostMs: Math.max(everyMs, 1000) },
      open: (signal) =>
        poll(signal, everyMs, async () => {
          this.#reading = { at: now(), ...(await read()) };
        }),
    });
  }

  get health() {
    return this.#device.health;
  }

  get reading(): BatteryReading | undefined {
    return this.#reading;
  }

  async start(): Promise<void> {
    this.#device.start();
  }

  stop(): Promise<void> {
    return this.#device.stop();
  }
}
