import { type Author, type Book, deskAccount } from './book.js';
import { dueEvents } from './due.js';
import type { DeskClock, Epoch } from './ports.js';
import type { Batch, Writer } from './writer.js';

/** How the parts of the desk write to logs: together, in the next commit of the one writer. */
export class Pen {
  readonly #writer: Writer;
  readonly #clock: DeskClock;
  readonly #epoch: Epoch;

  constructor(writer: Writer, clock: DeskClock, epoch: Epoch) {
    this.#writer = writer;
    this.#clock = clock;
    this.#epoch = epoch;
  }

  /** Resolves when it is on disk. `again`: tried until it is, whatever happens. */
  write<T>(prepare: (batch: Batch) => T, again = false): Promise<T> {
    return new Promise<T>((resolve, reject) => {
      let prepared: T;
      this.#writer.submit({
        prepare: (batch) => {
          prepared = prepare(batch);
        },
        done: () => resolve(prepared),
        failed: reject,
        again,
      });
    });
  }

  author(who: string = deskAccount, commandId: string | null = null): Author {
    return { at: { bootId: this.#clock.bootId, at: this.#clock.now() }, epoch: this.#epoch(), who, commandId };
  }

  /** Time that has run out comes before whatever comes now. */
  fallDue(batch: Batch, book: Book): void {
    if (book.replay.seq === 0) return;
    batch.append(book, this.author(), dueEvents(book.replay, { clock: this.#clock, epoch: this.#epoch() }));
  }
}
