import { type CarId, type Micros, PitwallError, type RaceId } from '@pitwall/protocol';
import type { CommandOutcome } from '@pitwall/protocol/api';
import { type LogRecord, mayGo, type RaceEvent, type RunState } from '@pitwall/protocol/race';
import { type Book, deskAccount } from './book.js';
import { dayOf } from './interlock.js';
import { type Order, ordersAfter, unansweredStop } from './orders.js';
import type { Pen } from './pen.js';
import type { CarAnswer, CarCheck, CarMotion, Cars, DeskLog } from './ports.js';
import type { Change } from './writer.js';

/** People stand around a car that was just cleared: for so long it shows that it is about to drive, in µs. */
const warning = 1_000_000 as Micros;

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
  readonly #motions = new Map<CarId, CarMotion>();
  /** What the log of a race says of the car of its run. */
  readonly #noted = new WeakMap<Book, { readonly runId: string; readonly driving: boolean | null }>();
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

  /** What a car says to a stop of all cars, about the run that it has. */
  stopped(book: Book, car: CarId, answer: Promise<CarAnswer>): void {
    this.#hear(book, answer, { car, order: 'e-stop' });
  }

  /** After a commit: what follows for the car from how its run changed. */
  runChanged({ book, before, records }: Change, after: RunState | undefined): void {
    this.#toldUnwritten.delete(book.race);
    if (book.replay.setup.car === 'any') return;
    const who = records.at(-1)?.who ?? deskAccount;
    for (const order of ordersAfter(before, after, records)) this.#order(book, order, who);
    this.#noteMotion(book);
  }

  /** A car says whether it drives. */
  moves(open: readonly Book[], car: CarId, motion: CarMotion): void {
    if (this.#stopped) return;
    this.#motions.set(car, motion);
    for (const book of open) this.#noteMotion(book);
  }

  /** What a car says of itself while it has a run goes into the log, once for each change: crossings are read by it. */
  #noteMotion(book: Book): void {
    const { pen, log } = this.#options;
    const { replay } = book;
    const run = replay.current;
    if (run?.car == null || !['ready', 'running', 'paused'].includes(run.phase) || replay.setup.car === 'any') return;
    const { runId, car } = run;
    const motion = this.#motions.get(car);
    const noted = this.#noted.get(book);
    if (motion === undefined || (noted?.runId === runId && noted.driving === motion.driving)) return;
    this.#noted.set(book, { runId, driving: motion.driving });
    const { driving, safety, reason, at } = motion;
    pen
      .write((batch) =>
        batch.append(book, pen.author(), [{ type: 'car-state', runId, car, driving, safety, reason, at }]),
      )
      .catch((error: Error) => {
        this.#noted.delete(book);
        log.warn({ car, error: error.message }, 'what a car is was not logged');
      });
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
    const stops = ordersAfter(before, after, records).filter(({ order }) => order === 'stop');
    const isSaid = records.some(({ commandId }) => commandId !== null);
    return stops.flatMap((order) => {
      if (!isSaid && this.#toldUnwritten.get(book.race) === order.runId) return [];
      this.#toldUnwritten.set(book.race, order.runId);
      this.#order(book, order, records.at(-1)?.who ?? deskAccount, { again: true });
      return [order.car];
    });
  }

  /** After a restart: a stop again, where the car's answer to it is not in the log. */
  resume(book: Book, run: RunState | undefined, who: string): void {
    const { replay } = book;
    const order = replay.setup.car !== 'any' ? unansweredStop(replay.records, run) : undefined;
    if (order !== undefined) this.#order(book, order, who);
  }

  /** What a car said to whoever else spoke with it. */
  heard(book: Book, runId: string, car: CarId, said: CarAnswer): void {
    this.#hear(book, Promise.resolve(said), { car, order: 'load', runId });
  }

  /** Whether the car of a run could be armed now; undefined where there is none to ask. */
  async armable(book: Book, runId: string, who: string): Promise<CarCheck | undefined> {
    const { cars } = this.#options;
    const { replay } = book;
    const run = replay.run(runId);
    if (replay.setup.car === 'any' || run?.car == null || run.kind === 'practice') return undefined;
    return cars.about(run.car)?.online === true ? await cars.check(run.car, who) : undefined;
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
    const stands = answer !== undefined && !['faulted', 'starting', 'driving'].includes(answer.safety ?? '');
    if (stands && answer?.outcome !== 'silent' && run?.car === car && mayGo(run)) {
      // The log of a race that was opened before there was this rule does not say it.
      const warns = book.replay.setup.rules.warnBeforeGo !== false;
      this.#order(book, { car, order: 'start', runId: run.runId }, who, warns ? { warn: warning } : {});
    }
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

  #order(
    book: Book,
    { car, order, runId }: Order,
    who: string,
    { warn, again = false }: { readonly warn?: Micros; readonly again?: boolean } = {},
  ): void {
    const answer = this.#options.cars.order(car, order, who, warn);
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
