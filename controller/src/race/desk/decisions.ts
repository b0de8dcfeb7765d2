import { randomBytes } from 'node:crypto';
import { type EpochMs, newRacerId } from '@pitwall/protocol';
import {
  type Circumstances,
  decide,
  type LogRecord,
  type RaceCommand,
  type RaceEvent,
  type ReadyCheck,
  type RunState,
} from '@pitwall/protocol/race';
import { sha256 } from '../log/chain.js';
import type { Batch } from '../log/group-commit.js';
import type { Author, LoadedRace } from '../log/loaded-race.js';
import type { LoadedRaces } from '../log/loaded-races.js';
import type { CarCheck, Cars, Gates } from '../ports.js';
import { runResultOf } from '../results/run-result.js';
import { checksOf } from './ready-checks.js';

export interface DecisionOptions {
  readonly races: LoadedRaces;
  readonly cars: Cars;
  readonly gates: Gates;
  /** This controller's name in the results it sends. */
  readonly source: string;
}

/** What a command becomes as the race stands: events in its log, and what they give the leaderboard. */
export class Decisions {
  readonly #options: DecisionOptions;

  constructor(options: DecisionOptions) {
    this.#options = options;
  }

  /**
   * @param armable what the car of a run said to whether it could be armed now, before it is made ready
   * @throws PitwallError `race-refused`, and has added nothing to the batch.
   */
  write(batch: Batch, loaded: LoadedRace, command: RaceCommand, author: Author, armable?: CarCheck): LogRecord[] {
    const { replay } = loaded;
    const circumstances: Circumstances = {
      now: author.at,
      epoch: author.epoch,
      checks: command.type === 'ready' ? this.#checks(loaded, replay.run(command.runId), author.epoch, armable) : [],
      rulesHash: sha256(JSON.stringify(replay.setup.rules)),
      newRacer: newRacerId(randomBytes(10)),
    };
    const events = decide(replay, command, circumstances);
    const records = batch.append(loaded, author, events);
    for (const event of events) this.#send(batch, loaded, event, author.epoch);
    return records;
  }

  #send(batch: Batch, { replay }: LoadedRace, event: RaceEvent, epoch: EpochMs): void {
    if (event.type !== 'confirmed' && (event.type !== 'discarded' || event.revision === 0)) return;
    const run = replay.run(event.runId) as RunState;
    const sent = runResultOf(replay.state, run, {
      source: this.#options.source,
      withdrawn: event.type === 'discarded',
      revision: event.revision,
      epoch,
      simulator: run.car === null ? undefined : this.#options.cars.about(run.car)?.simulator,
    });
    if (sent !== null) batch.results.push(sent);
  }

  #checks(loaded: LoadedRace, run: RunState | undefined, epoch: EpochMs, armable: CarCheck | undefined): ReadyCheck[] {
    if (run === undefined) return [];
    const { races, cars, gates } = this.#options;
    const open = races.open.map(({ replay }) => replay);
    return checksOf(loaded.replay.state, run, epoch, {
      cars,
      gates,
      armable,
      others: open.filter((replay) => replay !== loaded.replay),
      tested: (car, day) =>
        open.some(({ state }) => state.eStopTests.some((test) => test.car === car && test.day === day)),
    });
  }
}
