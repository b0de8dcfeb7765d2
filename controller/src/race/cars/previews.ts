import type { CarId } from '@pitwall/protocol';
import { previewRate } from '@pitwall/protocol/messages';
import type { Timers } from '../ports.js';

/** A car sends for so long after each word, s; it is given again well before. */
const holdS = 10;
const againMs = 4000;

export interface PreviewsOptions {
  readonly timers: Timers;
  /** So many pictures a second, for so many seconds. */
  readonly ask: (car: CarId, rate: number, seconds: number) => void;
}

/** Cars send pictures while somebody watches, and never longer. */
export class Previews {
  readonly #options: PreviewsOptions;
  readonly #watched = new Map<CarId, { watchers: number; timer: unknown }>();

  constructor(options: PreviewsOptions) {
    this.#options = options;
  }

  /** Answers how to stop; idempotent. */
  watch(car: CarId): () => void {
    const known = this.#watched.get(car);
    if (known === undefined) {
      this.#watched.set(car, { watchers: 1, timer: undefined });
      this.#ask(car);
    } else known.watchers += 1;
    let watching = true;
    return () => {
      if (watching) this.#leave(car);
      watching = false;
    };
  }

  #ask(car: CarId): void {
    const watched = this.#watched.get(car);
    if (watched === undefined) return;
    this.#options.ask(car, previewRate, holdS);
    watched.timer = this.#options.timers.set(() => this.#ask(car), againMs);
  }

  #leave(car: CarId): void {
    const watched = this.#watched.get(car);
    if (watched === undefined) return;
    watched.watchers -= 1;
    if (watched.watchers > 0) return;
    this.#options.timers.clear(watched.timer);
    this.#watched.delete(car);
    this.#options.ask(car, 0, 1);
  }
}
