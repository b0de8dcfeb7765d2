import type { RaceId } from '@pitwall/protocol';
import type { Book } from './book.js';
import { nextDueMs } from './due.js';
import type { Pen } from './pen.js';
import type { DeskClock, Epoch, Timers } from './ports.js';

export interface AlarmOptions {
  readonly pen: Pen;
  readonly clock: DeskClock;
  readonly epoch: Epoch;
  readonly timers: Timers;
}

/** Where even holding it failed; ms. */
const notBefore = 1000;

/** One timer for each race, set for its next deadline: its passing is an event like any other. */
export class Alarms {
  readonly #options: AlarmOptions;
  readonly #set = new Map<RaceId, unknown>();
  #stopped = true;

  constructor(options: AlarmOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
  }

  stop(): void {
    this.#stopped = true;
    for (const alarm of this.#set.values()) this.#options.timers.clear(alarm);
    this.#set.clear();
  }

  /** For the race as it stands now; `earliest`: no sooner than in so many milliseconds. */
  arm(book: Book, earliest = 0): void {
    const { pen, clock, epoch, timers } = this.#options;
    const before = this.#set.get(book.race);
    if (before !== undefined) timers.clear(before);
    this.#set.delete(book.race);
    const ms = nextDueMs(book.replay, { clock, epoch: epoch() });
    if (ms === undefined || this.#stopped) return;
    const alarm = timers.set(
      () => {
        this.#set.delete(book.race);
        // Held until it is on disk, like a crossing: a deadline has passed, whatever the disk says.
        pen
          .write((batch) => pen.fallDue(batch, book), true)
          .then(
            () => this.arm(book),
            () => this.arm(book, notBefore),
          );
      },
      Math.max(ms, earliest),
    );
    this.#set.set(book.race, alarm);
  }
}
