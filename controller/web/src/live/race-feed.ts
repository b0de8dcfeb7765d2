import type { RaceId } from '@pitwall/protocol';
import { isPitwallError } from '@pitwall/protocol';
import { type LogRecord, RaceReplay, type RaceState } from '@pitwall/protocol/race';
import type { LiveClient } from './live-client.js';
import { join } from './race-log.js';

/** A race as this page has it: its log, and what follows from it. */
export interface RaceView {
  readonly state: RaceState;
  readonly records: readonly LogRecord[];
}

/** Follows one race's log and reduces it here: what is shown is what the log says, also while the server is away. */
export class RaceFeed {
  readonly #race: RaceId;
  readonly #live: LiveClient;
  readonly #listeners = new Set<() => void>();
  #replay = new RaceReplay();
  #view: RaceView | undefined;
  #unfollow: (() => void) | undefined;

  constructor(race: RaceId, live: LiveClient) {
    this.#race = race;
    this.#live = live;
  }

  get isFollowed(): boolean {
    return this.#listeners.size > 0;
  }

  readonly view = (): RaceView | undefined => this.#view;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    // One record of overlap: it shows whether the server still has the same log.
    this.#unfollow ??= this.#live.follow(this.#race, {
      last: () => Math.max(0, this.#replay.seq - 1),
      onRecords: (records) => this.#take(records),
    });
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      this.#unfollow?.();
      this.#unfollow = undefined;
    };
  };

  #take(arrived: readonly LogRecord[]): void {
    const joined = join(this.#replay.records, arrived);
    if (joined.outcome === 'append') {
      if (joined.records.length === 0) return;
      this.#replay.append(joined.records);
      this.#show();
      return;
    }
    if (joined.outcome === 'replaced') this.#replay = new RaceReplay();
    this.#live.refollow(this.#race);
  }

  #show(): void {
    try {
      this.#view = { state: this.#replay.state, records: [...this.#replay.records] };
    } catch (error) {
      // A log of a newer version, say: what was shown before stands.
      if (!isPitwallError(error)) throw error;
      console.warn(error.message);
    }
    for (const listener of this.#listeners) listener();
  }
}
