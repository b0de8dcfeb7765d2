import { setImmediate as nextTurn } from 'node:timers/promises';
import { isPitwallError, type Micros, type RaceId } from '@pitwall/protocol';
import type { TrackRecord } from '@pitwall/protocol/api';
import type { RaceState } from '@pitwall/protocol/race';
import { placingMs } from '@pitwall/protocol/ranking';
import { LRUCache } from 'lru-cache';
import type { RaceDesk } from '../race/index.js';

/** Races whose best laps are kept: nothing changes in those that are official, and their logs are long. */
const kept = 5000;

interface BestLap {
  readonly time: Micros;
  readonly alias: string;
  /** ms since 1970. */
  readonly at: number;
}

/** The best laps of tracks, as the logs of the races on them tell. */
export class TrackRecords {
  readonly #desk: Pick<RaceDesk, 'list' | 'state' | 'log'>;
  readonly #official = new LRUCache<RaceId, { readonly track: string; readonly laps: readonly BestLap[] }>({
    max: kept,
  });

  constructor(desk: Pick<RaceDesk, 'list' | 'state' | 'log'>) {
    this.#desk = desk;
  }

  /**
   * The best lap that was confirmed on a race's track, in its direction, before that race opened; by real cars alone, or by simulated
   * ones alone. @throws PitwallError `not-found`
   */
  async before(race: RaceId): Promise<TrackRecord | null> {
    const track = trackOf(await this.#desk.state(race));
    const opened = await this.#openedAt(race);
    let best: TrackRecord | null = null;
    for (const { race: other, phase } of await this.#desk.list()) {
      if (other === race || phase === 'draft') continue;
      // Reading many logs holds nobody up.
      await nextTurn();
      const laps = await this.#lapsOn(track, other);
      for (const { time, alias, at } of laps)
        if (at < opened && (best === null || placingMs(time) < placingMs(best.time)))
          best = { time, alias, race: other };
    }
    return best;
  }

  forget(): void {
    this.#official.clear();
  }

  async #lapsOn(track: string, race: RaceId): Promise<readonly BestLap[]> {
    let found = this.#official.get(race);
    if (found === undefined) {
      const state = await this.#stateOf(race);
      if (state === undefined) return [];
      found = { track: trackOf(state), laps: bestLaps(state) };
      if (state.phase === 'official') this.#official.set(race, found);
    }
    return found.track === track ? found.laps : [];
  }

  /** A damaged log of another race is no reason to tell nothing of this one. */
  async #stateOf(race: RaceId): Promise<RaceState | undefined> {
    try {
      return await this.#desk.state(race);
    } catch (error) {
      if (isPitwallError(error)) return undefined;
      throw error;
    }
  }

  async #openedAt(race: RaceId): Promise<number> {
    for (let after = 0; ; ) {
      const { records, seq } = await this.#desk.log(race, after, 500);
      const opened = records.find(({ event }) => event.type === 'opened');
      if (opened !== undefined) return opened.epoch;
      after += records.length;
      if (records.length === 0 || after >= seq) return Number.POSITIVE_INFINITY;
    }
  }
}

const trackOf = ({ setup: { track, rules, car } }: RaceState): string =>
  JSON.stringify([track.id, track.version, rules.direction, rules.raceType.type, car === 'simulated']);

/** The best of each run that counts: one of them is the best of the race, whenever it is asked for. */
const bestLaps = ({ runs, entries }: RaceState): BestLap[] =>
  runs.flatMap(({ phase, kind, racer, bestLap, confirmedAt, withdrawn }) =>
    phase === 'confirmed' && kind === 'timed' && bestLap !== null && confirmedAt !== null && !withdrawn
      ? [
          {
            time: bestLap,
            alias: entries.find((entry) => entry.racer === racer)?.alias ?? racer ?? '',
            at: confirmedAt,
          },
        ]
      : [],
  );
