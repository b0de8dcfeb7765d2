import type { RaceId } from '@pitwall/protocol';
import { nextDueMs } from '../log/deadlines.js';
import type { GroupCommit } from '../log/group-commit.js';
import type { LoadedRace } from '../log/loaded-race.js';
import type { DeskClock, Epoch, Timers } from '../ports.js';

export interface DeadlineTimersOptions {
  readonly commits: GroupCommit;
  readonly clock: DeskClock;
  readonly epoch: Epoch;
  readonly timers: Timers;
}

/** Where even holding it failed; ms. */
const notBefore = 1000;

/** One timer for each race, set for its next deadline: its passing is an event like any other. */
export class DeadlineTimers {
  readonly #options: DeadlineTimersOptions;
  readonly #set = new Map<RaceId, unknown>();
  #stopped = true;

  constructor(options: DeadlineTimersOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
  }

  stop(): void {
    this.#stopped = true;
    for (const timer of this.#set.values()) this.#options.timers.clear(timer);
    this.#set.clear();
  }

  /** For the race as it stands now; `earliest`: no sooner than in so many milliseconds. */
  arm(loaded: LoadedRace, earliest = 0): void {
    const { commits, clock, epoch, timers } = this.#options;
    const before = this.#set.get(loaded.race);
    if (before !== undefined) timers.clear(before);
    this.#set.delete(loaded.race);
    const ms = nextDueMs(loaded.replay, { clock, epoch: epoch() });
    if (ms === undefined || this.#stopped) return;
    const timer = timers.set(
      () => {
        this.#set.delete(loaded.race);
        // Held until it is on disk, like a crossing: a deadline has passed, whatever the disk says.
        commits
          .write((batch) => commits.passDeadlines(batch, loaded), true)
          .then(
            () => this.arm(loaded),
            () => this.arm(loaded, notBefore),
          );
      },
      Math.max(ms, earliest),
    );
    this.#set.set(loaded.race, timer);
  }
}
