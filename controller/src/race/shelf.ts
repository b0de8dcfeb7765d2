import { PitwallError, type RaceId } from '@pitwall/protocol';
import { Book } from './book.js';
import type { RaceLogs } from './log.js';

/** The books that are in memory; others are taken from disk when somebody asks. */
export class Shelf {
  readonly #logs: RaceLogs;
  readonly #taken: (book: Book) => Promise<void>;
  readonly #books = new Map<RaceId, Book>();
  readonly #loading = new Map<RaceId, Promise<Book | undefined>>();

  /** `taken`: what is done with a book that comes from disk, before anyone gets it. */
  constructor(logs: RaceLogs, taken: (book: Book) => Promise<void>) {
    this.#logs = logs;
    this.#taken = taken;
  }

  get open(): Book[] {
    return [...this.#books.values()].filter(({ replay }) => replay.seq > 0 && replay.phase === 'open');
  }

  has(race: RaceId): boolean {
    return this.#books.has(race);
  }

  put(book: Book): void {
    this.#books.set(book.race, book);
  }

  remove(book: Book): void {
    if (this.#books.get(book.race) === book) this.#books.delete(book.race);
  }

  /** @throws PitwallError `not-found`, `log-invalid`. */
  async get(race: RaceId): Promise<Book> {
    const book = await this.find(race);
    if (book === undefined) throw new PitwallError('not-found', `There is no race ${race}.`);
    return book;
  }

  /** Undefined where there is no such race on disk. @throws PitwallError `log-invalid`. */
  find(race: RaceId): Promise<Book | undefined> {
    const known = this.#books.get(race);
    if (known !== undefined) return Promise.resolve(known.committed === 0 ? undefined : known);
    const loading = this.#loading.get(race) ?? this.#load(race).finally(() => this.#loading.delete(race));
    this.#loading.set(race, loading);
    return loading;
  }

  async #load(race: RaceId): Promise<Book | undefined> {
    const records = await this.#logs.load(race);
    if (records.length === 0) return undefined;
    const book = new Book(race, records);
    book.row = { race, name: book.replay.setup.name, phase: book.replay.phase };
    this.#books.set(race, book);
    await this.#taken(book);
    return book;
  }
}
