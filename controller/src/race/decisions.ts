import { randomBytes } from 'node:crypto';
import { type EpochMs, newRacerId } from '@pitwall/protocol';
import {
  type Circumstances,
  decide,
  type InterlockCheck,
  type LogRecord,
  type RaceCommand,
  type RaceEvent,
  type RunState,
} from '@pitwall/protocol/race';
import type { Author, Book } from './book.js';
import { sha256 } from './chain.js';
import { checksOf } from './interlock.js';
import type { CarCheck, Cars, Gates } from './ports.js';
import { parcelOf } from './results.js';
import type { Shelf } from './shelf.js';
import type { Batch } from './writer.js';

export interface DecisionOptions {
  readonly shelf: Shelf;
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
  write(batch: Batch, book: Book, command: RaceCommand, author: Author, armable?: CarCheck): LogRecord[] {
    const { replay } = book;
    const circumstances: Circumstances = {
      now: author.at,
      epoch: author.epoch,
      checks: command.type === 'ready' ? this.#checks(book, replay.run(command.runId), author.epoch, armable) : [],
      rulesHash: sha256(JSON.stringify(replay.setup.rules)),
      newRacer: newRacerId(randomBytes(10)),
    };
    const events = decide(replay, command, circumstances);
    const records = batch.append(book, author, events);
    for (const event of events) this.#send(batch, book, event, author.epoch);
    return records;
  }

  #send(batch: Batch, { replay }: Book, event: RaceEvent, epoch: EpochMs): void {
    if (event.type !== 'confirmed' && (event.type !== 'discarded' || event.revision === 0)) return;
    const run = replay.run(event.runId) as RunState;
    const parcel = parcelOf(replay.state, run, {
      source: this.#options.source,
      withdrawn: event.type === 'discarded',
      revision: event.revision,
      epoch,
      simulator: run.car === null ? undefined : this.#options.cars.about(run.car)?.simulator,
    });
    if (parcel !== null) batch.parcels.push(parcel);
  }

  #checks(book: Book, run: RunState | undefined, epoch: EpochMs, armable: CarCheck | undefined): InterlockCheck[] {
    if (run === undefined) return [];
    const { shelf, cars, gates } = this.#options;
    const open = shelf.open.map(({ replay }) => replay);
    return checksOf(book.replay.state, run, epoch, {
      cars,
      gates,
      armable,
      others: open.filter((replay) => replay !== book.replay),
      tested: (car, day) =>
        open.some(({ state }) => state.eStopTests.some((test) => test.car === car && test.day === day)),
    });
  }
}
