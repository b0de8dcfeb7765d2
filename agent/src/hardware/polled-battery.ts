import { type Now, Supervisor } from '@pitwall/runtime';
import type { Battery, BatteryReading } from './battery.js';
import type { DeviceEvents } from './device.js';
import { poll } from './poll.js';

export interface PolledBatteryParts {
  readonly now: Now;
  readonly events: DeviceEvents;
  readonly everyMs: number;
  /** Rejects with one sentence where it cannot be read. */
  readonly read: () => Promise<Pick<BatteryReading, 'unit' | 'value'>>;
}

/** A battery whose fullness is asked every now and then. Nobody knows it while it does not answer. */
export class PolledBattery implements Battery {
  readonly #supervisor: Supervisor;
  #reading: BatteryReading | undefined;

  constructor({ now, events, everyMs, read }: PolledBatteryParts) {
    this.#supervisor = new Supervisor({
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
    return this.#supervisor.health;
  }

  get reading(): BatteryReading | undefined {
    return this.#reading;
  }

  async start(): Promise<void> {
    this.#supervisor.start();
  }

  stop(): Promise<void> {
    return this.#supervisor.stop();
  }
}
