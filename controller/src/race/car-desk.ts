import { type CarId, PitwallError, type RaceId } from '@pitwall/protocol';
import type { CommandOutcome } from '@pitwall/protocol/api';
import { type LogRecord, mayGo, type RaceEvent, type RunState } from '@pitwall/protocol/race';
import type { Book } from './book.js';
import { dayOf } from './interlock.js';
import { type Order, ordersAfter, unansweredOrder } from './orders.js';
import { deskAccount, type Pen } from './pen.js';
import type { CarAnswer, Cars, DeskLog } from './ports.js';

export interface CarDeskOptions {
  readonly cars: Cars;
  readonly pen: Pen;
  readonly log: DeskLog;
}

/** What was said to a car, about which run. */
interface Said {
  readonly car: CarId;
  readonly order: 'start' | 'stop' | 'e-stop' | 'load';
  /** Without: the run that the car has when it answers. */
  readonly runId?: string;
}

/** Tells cars to go and to stop, and writes down what they themselves answer. */
export class CarDesk {
  readonly #options: CarDeskOptions;
  /** By race: the run whose car was told to stop by what is not on disk. */
  readonly #toldUnwritten = new Map<RaceId, string>();
  #stopped = true;

  constructor(options: CarDeskOptions) {
    this.#options = options;
  }

  start(): void {
    this.#stopped = false;
  }

  /** What a car answers from here on is not written down. */
  stop(): void {
    this.#stopped = true;
  }

  /** At once, before anything is written. Answers what writes the car's answer down, once the command itself is. */
  eStop(book: Book, car: CarId, who: string): () => void {
    const answer = this.#options.cars.order(car, 'e-stop', who);
    return () => this.#hear(book, answer, { car, order: 'e-stop' });
  }

  /** After a commit: what follows for the car from how its run changed. */
  runChanged(book: Book, before: RunState | undefined, after: RunState | undefined, who: string): void {
    this.#toldUnwritten.delete(book.race);
    if (book.replay.setup.car === 'any') return;
    for (const order of ordersAfter(before, after)) this.#order(book, order, who);
  }

  /**
   * What happened cannot be written. Where it makes a car stand, the car is told all the same: once for each person who
   * says so, and once for what is tried again and again. It is never told to go. Answers the cars that were told now.
   */
  unwritten(
    book: Book,
    before: RunState | undefined,
    after: RunState | undefined,
    records: readonly LogRecord[],
  ): CarId[] {
    if (book.replay.setup.car === 'any') return [];
    const stops = ordersAfter(before, after).filter(({ order }) => order === 'stop');
    const isSaid = records.some(({ commandId }) => commandId !== null);
    return stops.flatMap((order) => {
      if (!isSaid && this.#toldUnwritten.get(book.race) === order.runId) return [];
      this.#toldUnwritten.set(book.race, order.runId);
      this.#order(book, order, records.at(-1)?.who ?? deskAccount, true);
      return [order.car];
    });
  }

  /** After a restart: the last order again, where the car's answer to it is not in the log. */
  resume(book: Book, run: RunState | undefined, who: string): void {
    const { replay } = book;
    const order = replay.setup.car !== 'any' ? unansweredOrder(replay.records, run) : undefined;
    if (order !== undefined) this.#order(book, order, who);
  }

  /** What a car said to whoever else spoke with it. */
  heard(book: Book, runId: string, car: CarId, said: CarAnswer): void {
    this.#hear(book, Promise.resolve(said), { car, order: 'load', runId });
  }

  async testEStop(book: Book, commandId: string, car: CarId, who: string): Promise<CommandOutcome> {
    return await this.#once(book, commandId, who, async () => {
      const { cars } = this.#options;
      const { outcome, message } = await cars.order(car, 'e-stop', who);
      if (outcome !== 'done')
        throw new PitwallError(
          'race-refused',
          `The e-stop of car ${car} was not tested: the car was ${outcome}${message === null ? '' : ` (${message})`}.`,
        );
      await cars.order(car, 'clear', who);
      return (epoch) => ({ type: 'e-stop-tested', car, day: dayOf(epoch) });
    });
  }

  /**
   * The car's answer is in the log under the name of who cleared it; where its run is running it goes on, also one that
   * has nothing to clear and stands there because an earlier start was refused.
   */
  async clear(book: Book, commandId: string, car: CarId, who: string): Promise<CommandOutcome> {
    let answer: CarAnswer | undefined;
    const outcome = await this.#once(book, commandId, who, async () => {
      const said = await this.#options.cars.order(car, 'clear', who);
      answer = said;
      return () => {
        const { current } = book.replay;
        const runId = current?.car === car ? current.runId : null;
        return { type: 'car-answered', runId, car, command: 'clear', ...said };
      };
    });
    const run = book.replay.current;
    const stands = answer?.safety !== 'faulted' && answer?.safety !== 'driving';
    if (answer !== undefined && answer.outcome !== 'silent' && stands && run?.car === car && mayGo(run))
      this.#order(book, { car, order: 'start', runId: run.runId }, who);
    return outcome;
  }

  /** A command that asks a car before it is written, and is applied once. */
  async #once(
    book: Book,
    commandId: string,
    who: string,
    ask: () => Promise<(epoch: LogRecord['epoch']) => RaceEvent>,
  ): Promise<CommandOutcome> {
    const known = book.recordsOf(commandId);
    if (known !== undefined) return { commandId, repeated: true, records: [...known], seq: book.committed };
    const event = await ask();
    const { pen } = this.#options;
    const records = await pen.write((batch) => {
      const author = pen.author(who, commandId);
      return batch.append(book, author, [event(author.epoch)]);
    });
    return { commandId, repeated: false, records, seq: book.committed };
  }

  #order(book: Book, { car, order, runId }: Order, who: string, again = false): void {
    const answer = this.#options.cars.order(car, order, who);
    if (order !== 'clear') this.#hear(book, answer, { car, order, runId }, again);
  }

  /** What the car said goes into the log, where the marshal sees it; `again`: as soon as anything can be written. */
  #hear(book: Book, answer: Promise<CarAnswer>, { car, order, runId }: Said, again = false): void {
    const { pen, log } = this.#options;
    answer
      .then(async (said) => {
        if (this.#stopped) return;
        await pen.write((batch) => {
          const { current } = book.replay;
          const about = runId ?? (current?.car === car ? current.runId : null);
          const event: RaceEvent = { type: 'car-answered', runId: about, car, command: order, ...said };
          return batch.append(book, pen.author(), [event]);
        }, again);
      })
      .catch((error: Error) => log.warn({ car, order, error: error.message }, 'an answer was not logged'));
  }
}
