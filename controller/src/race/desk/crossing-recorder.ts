import { hasGate, type RaceEventOf } from '@pitwall/protocol/race';
import { lifeApart, type RecordedAs } from '../../timing/index.js';
import type { Batch, GroupCommit } from '../log/group-commit.js';
import type { LoadedRace } from '../log/loaded-race.js';
import type { LoadedRaces } from '../log/loaded-races.js';
import type { StrayRow } from '../log/race-logs.js';
import type { StampedCrossing } from '../ports.js';

/** Writes each crossing once to every open race that listens to its gate; one that no race wants is kept apart. */
export class CrossingRecorder {
  readonly #races: LoadedRaces;
  readonly #commits: GroupCommit;
  readonly #underWay = new Map<string, Promise<RecordedAs>>();

  constructor(races: LoadedRaces, commits: GroupCommit) {
    this.#races = races;
    this.#commits = commits;
  }

  /** Resolves when the crossing is on disk; again with the same one it changes nothing. While the disk fails it waits. */
  record(stamped: StampedCrossing): Promise<RecordedAs> {
    const { gate, bootId, seq, at } = stamped.crossing;
    const key = `${gate} ${bootId} ${seq} ${at}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const event = eventOf(stamped);
    const recorded = this.#commits
      .write((batch) => {
        const listening = this.#races.open.filter(({ replay }) => hasGate(replay.setup, gate));
        if (listening.length === 0) batch.strays.push(this.#stray(event));
        const results = listening.map((loaded) => this.#add(batch, loaded, event));
        if (results.includes('reused')) return 'reused';
        return results.length > 0 && !results.includes('new') ? 'known' : 'new';
      }, true)
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, recorded);
    return recorded;
  }

  /** Numbers are unique within a life in a log: another crossing with a number that is there gets a life of its own. */
  #add(batch: Batch, loaded: LoadedRace, event: RaceEventOf<'crossing'>): RecordedAs {
    const { gate, bootId, seq, at } = event.crossing;
    const before = loaded.crossings.at(gate, bootId, seq);
    if (before === at) return 'known';
    const crossing = before === undefined ? event.crossing : { ...event.crossing, bootId: lifeApart(bootId, at) };
    if (before !== undefined && loaded.crossings.at(gate, crossing.bootId, seq) === at) return 'known';
    this.#commits.passDeadlines(batch, loaded);
    batch.append(loaded, this.#commits.author(), [{ ...event, crossing }]);
    return before === undefined ? 'new' : 'reused';
  }

  #stray({ crossing, controllerAt, controllerBound }: RaceEventOf<'crossing'>): StrayRow {
    const { at, epoch } = this.#commits.author();
    return {
      gate: crossing.gate,
      boot_id: crossing.bootId,
      seq: crossing.seq,
      at: crossing.at,
      crossing: JSON.stringify(crossing),
      controller_boot_id: at.bootId,
      controller_at: controllerAt,
      controller_bound: controllerBound,
      recorded_at: epoch,
    };
  }
}

function eventOf({ crossing, controllerAt, controllerBound, epoch, rate }: StampedCrossing): RaceEventOf<'crossing'> {
  const { gate, bootId, seq, at, uncertainty, strength, transponder } = crossing;
  const seen = {
    gate,
    bootId,
    seq,
    at,
    uncertainty,
    ...(strength === undefined ? {} : { strength }),
    ...(transponder === undefined ? {} : { transponder }),
  };
  return { type: 'crossing', crossing: seen, controllerAt, controllerBound, epoch, rate };
}
