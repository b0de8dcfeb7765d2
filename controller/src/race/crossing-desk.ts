import { hasGate, type RaceEventOf } from '@pitwall/protocol/race';
import type { StrayRow } from './log.js';
import type { Pen } from './pen.js';
import type { StampedCrossing } from './ports.js';
import type { Shelf } from './shelf.js';

/** Writes each crossing once to every open race that listens to its gate; one that no race wants is kept apart. */
export class CrossingDesk {
  readonly #shelf: Shelf;
  readonly #pen: Pen;
  readonly #underWay = new Map<string, Promise<void>>();

  constructor(shelf: Shelf, pen: Pen) {
    this.#shelf = shelf;
    this.#pen = pen;
  }

  /** Resolves when the crossing is on disk; again with the same one it changes nothing. While the disk fails it waits. */
  record(stamped: StampedCrossing): Promise<void> {
    const { gate, bootId, seq } = stamped.crossing;
    const key = `${gate} ${bootId} ${seq}`;
    const underWay = this.#underWay.get(key);
    if (underWay !== undefined) return underWay;
    const event = eventOf(stamped);
    const recorded = this.#pen
      .write((batch) => {
        const books = this.#shelf.open.filter(({ replay }) => hasGate(replay.setup, gate));
        if (books.length === 0) batch.strays.push(this.#stray(event));
        for (const book of books) {
          if (book.knowsCrossing(gate, bootId, seq)) continue;
          this.#pen.fallDue(batch, book);
          batch.append(book, this.#pen.author(), [event]);
        }
      }, true)
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, recorded);
    return recorded;
  }

  #stray({ crossing, controllerAt, controllerBound }: RaceEventOf<'crossing'>): StrayRow {
    const { at, epoch } = this.#pen.author();
    return {
      gate: crossing.gate,
      boot_id: crossing.bootId,
      seq: crossing.seq,
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
