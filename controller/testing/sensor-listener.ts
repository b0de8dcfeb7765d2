import type { Edge, SensorEvents, SensorStatus } from '../src/gate/sensor.js';

/** What a sensor said, for tests, and a way to wait for it. */
export class Listener {
  readonly edges: Edge[] = [];
  readonly statuses: SensorStatus[] = [];
  readonly messages: string[] = [];
  notes = 0;
  lost = 0;
  /** How often the sensor's wall clock was set, each time it was told. */
  readonly wallClock: number[] = [];
  #changed: (() => void)[] = [];

  readonly events: SensorEvents = {
    edge: (edge) => {
      this.edges.push(edge);
      this.#wake();
    },
    status: (status, message) => {
      if (this.statuses.at(-1) !== status) this.statuses.push(status);
      this.messages.push(message);
      this.#wake();
    },
    note: () => {
      this.notes += 1;
      this.#wake();
    },
    wallClock: (steps) => {
      this.wallClock.push(steps);
      this.#wake();
    },
    lost: (count) => {
      this.lost += count;
      this.#wake();
    },
  };

  async until(condition: () => boolean): Promise<void> {
    while (!condition()) await new Promise<void>((resolve) => this.#changed.push(resolve));
  }

  #wake(): void {
    for (const resolve of this.#changed.splice(0)) resolve();
  }
}
