import { type CarId, isPitwallError, type Micros, PitwallError, type RaceId } from '@pitwall/protocol';
import type { CommandOutcome } from '@pitwall/protocol/api';
import { type LogRecord, mayGo, type RaceEvent, type RunState } from '@pitwall/protocol/race';
import type { Change, GroupCommit } from '../log/group-commit.js';
import { deskAccount, type LoadedRace } from '../log/loaded-race.js';
import type { CarAnswer, CarCheck, CarMotion, Cars, DeskLog } from '../ports.js';
import { dayOf } from './day.js';
import { type Order, ordersAfter, unansweredStop } from './orders.js';
import { RunSpeeds } from './run-speeds.js';

/** People stand around a car that was just cleared: for so long it shows that it is about to drive, in µs. */
const warning = 1_000_000 as Micros;

/** Silence that took so long was the car's, µs; each order waits longer for its answer. */
const patience = 1_000_000;

export interface RunCarsOptions {
  readonly cars: Cars;
  readonly commits: GroupCommit;
  readonly log: DeskLog;
}

/** What was said to a car, about which run. */
interface Said {
  readonly car: CarId;
  readonly order: 'start' | 'stop' | 'e-stop' | 'load';
  /** Without: the run that the car has when it answers. */
  readonly runId?: string;
}

/** What the log says of a run's car. */
interface Noted {
  readonly runId: string;
  readonly driving: boolean | null;
  readonly scale: number | null;
}
const isNoted = (runId: string, { driving, scale }: CarMotion, noted: Noted | undefined): boolean =>
  noted?.runId === runId && noted.driving === driving && noted.scale === scale;

/** Tells cars to go and to stop, and writes down what they themselves answer. */
export class RunCars {
  readonly #options: RunCarsOptions;
  readonly #speeds: RunSpeeds;
  readonly #motions = new Map<CarId, CarMotion>();
  /** What the log of a race says of the car of its run. */
  readonly #noted = new WeakMap<LoadedRace, Noted>();
  /** What each car was ordered last, and what it answers. */
  readonly #latest = new Map<CarId, Promise<CarAnswer>>();
  /** Cars that were silent to their latest order, a stop, and have not said since that they stand. */
  readonly #missedStops = new Map<CarId, { readonly loaded: LoadedRace; readonly order: Order }>();
  /** By race: the run whose car was told to stop by what is not on disk. */
  readonly #toldUnwritten = new Map<RaceId, string>();
  #stopped = true;

  constructor(options: RunCarsOptions) {
    this.#options = options;
    this.#speeds = new RunSpeeds(options);
  }

  start(): void {
    this.#stopped = false;
  }

  /** What a car answers from here on is not written down. */
  stop(): void {
    this.#stopped = true;
  }

  /** At once, before anything is written. Answers what writes the car's answer down, once the command itself is. */
  eStop(loaded: LoadedRace, car: CarId, who: string): () => void {
    const answer = this.#options.cars.order(car, 'e-stop', who);
    return () => this.#hear(loaded, answer, { car, order: 'e-stop' });
  }

  /** What a car says to a stop of all cars, about the run that it has. */
  stopped(loaded: LoadedRace, car: CarId, answer: Promise<CarAnswer>): void {
    this.#hear(loaded, answer, { car, order: 'e-stop' });
  }

  /** After a commit: what follows for the car from how its run changed. */
  runChanged({ loaded, before, records }: Change, after: RunState | undefined, open: readonly LoadedRace[]): void {
    this.#toldUnwritten.delete(loaded.race);
    if (loaded.replay.setup.car === 'any') return;
    const who = records.at(-1)?.who ?? deskAccount;
    for (const order of ordersAfter(before, after, records)) this.#order(loaded, order, who);
    // After a stop, so that it is the first that the car hears.
    for (const car of new Set([before?.car, after?.car])) if (car != null) this.#speeds.settle(open, car, who);
    this.#noteMotion(loaded);
  }

  /** A car says whether it drives. */
  moves(open: readonly LoadedRace[], car: CarId, motion: CarMotion): void {
    if (this.#stopped) return;
    this.#motions.set(car, motion);
    this.#speeds.heard(open, car, motion);
    if (standsStill(motion)) this.#missedStops.delete(car);
    if (!open.some((loaded) => goesIn(loaded, car))) this.#stopAgain(car);
    for (const loaded of open) this.#noteMotion(loaded);
  }

  /** What a car says of itself while it has a run goes into the log, once for each change: crossings are read by it. */
  #noteMotion(loaded: LoadedRace): void {
    const { commits, log } = this.#options;
    const { replay } = loaded;
    const run = replay.current;
    if (run?.car == null || !['ready', 'running', 'paused'].includes(run.phase) || replay.setup.car === 'any') return;
    const { runId, car } = run;
    const motion = this.#motions.get(car);
    const noted = this.#noted.get(loaded);
    if (motion === undefined || isNoted(runId, motion, noted)) return;
    const { driving, safety, reason, scale, at } = motion;
    this.#noted.set(loaded, { runId, driving, scale });
    const said = { driving, safety, reason, ...(scale === null ? {} : { scale }), at };
    commits
      .write((batch) => batch.append(loaded, commits.author(), [{ type: 'car-state', runId, car, ...said }]))
      .catch((error: Error) => {
        this.#noted.delete(loaded);
        if (!isDisk(error)) log.warn({ car, error: error.message }, 'what a car is was not logged');
      });
  }

  /**
   * What happened cannot be written. Where it makes a car stand, the car is told all the same: once for each person who
   * says so, and once for what is tried again and again. It is never told to go. Answers the cars that were told now.
   */
  unwritten(
    loaded: LoadedRace,
    before: RunState | undefined,
    after: RunState | undefined,
    records: readonly LogRecord[],
  ): CarId[] {
    if (loaded.replay.setup.car === 'any') return [];
    const stops = ordersAfter(before, after, records).filter(({ order }) => order === 'stop');
    const isSaid = records.some(({ commandId }) => commandId !== null);
    return stops.flatMap((order) => {
      if (!isSaid && this.#toldUnwritten.get(loaded.race) === order.runId) return [];
      this.#toldUnwritten.set(loaded.race, order.runId);
      this.#order(loaded, order, records.at(-1)?.who ?? deskAccount, { again: true });
      return [order.car];
    });
  }

  /** After a restart: a stop again, where the car's answer to it is not in the log. */
  resume(loaded: LoadedRace, who: string): void {
    const { replay } = loaded;
    if (replay.phase !== 'open' || replay.setup.car === 'any') return;
    const order = unansweredStop(replay);
    if (order === undefined) return;
    if (replay.current?.runId === order.runId) this.#order(loaded, order, who);
    // A run of another race may have the car since: where it drives by none, it is told.
    else this.#missedStops.set(order.car, { loaded, order });
  }

  /** What a car said to whoever else spoke with it. */
  heard(loaded: LoadedRace, runId: string, car: CarId, said: CarAnswer): void {
    this.#hear(loaded, Promise.resolve(said), { car, order: 'load', runId });
  }

  /** Whether the car of a run could be armed now; undefined where there is none to ask. */
  async armable(loaded: LoadedRace, runId: string, who: string): Promise<CarCheck | undefined> {
    const { cars } = this.#options;
    const { replay } = loaded;
    const run = replay.run(runId);
    if (replay.setup.car === 'any' || run?.car == null || run.kind === 'practice') return undefined;
    return cars.about(run.car)?.online === true ? await cars.check(run.car, who) : undefined;
  }

  async testEStop(loaded: LoadedRace, commandId: string, car: CarId, who: string): Promise<CommandOutcome> {
    return await this.#once(loaded, commandId, who, async () => {
      const { outcome, message } = await this.#options.cars.testEStop(car, who);
      if (outcome !== 'done')
        throw new PitwallError(
          'race-refused',
          `The e-stop of car ${car} was not tested: the car was ${outcome}${message === null ? '' : ` (${message})`}.`,
        );
      return (epoch) => ({ type: 'e-stop-tested', car, day: dayOf(epoch) });
    });
  }

  /**
   * The car's answer is in the log under the name of who cleared it; where its run is running it goes on, also one that
   * has nothing to clear and stands there because an earlier start was refused.
   */
  async clear(loaded: LoadedRace, commandId: string, car: CarId, who: string): Promise<CommandOutcome> {
    let answer: CarAnswer | undefined;
    const outcome = await this.#once(loaded, commandId, who, async () => {
      const said = await this.#options.cars.order(car, 'clear', who);
      answer = said;
      return () => {
        const { current } = loaded.replay;
        const runId = current?.car === car ? current.runId : null;
        return { type: 'car-answered', runId, car, command: 'clear', ...said };
      };
    });
    const run = loaded.replay.current;
    const stands = answer !== undefined && !['faulted', 'starting', 'driving'].includes(answer.safety ?? '');
    if (stands && answer?.outcome !== 'silent' && run?.car === car && mayGo(run)) {
      // The log of a race that was opened before there was this rule does not say it.
      const warns = loaded.replay.setup.rules.warnBeforeGo !== false;
      this.#order(loaded, { car, order: 'start', runId: run.runId }, who, warns ? { warn: warning } : {});
    }
    return outcome;
  }

  /** A command that asks a car before it is written, and is applied once. */
  async #once(
    loaded: LoadedRace,
    commandId: string,
    who: string,
    ask: () => Promise<(epoch: LogRecord['epoch']) => RaceEvent>,
  ): Promise<CommandOutcome> {
    const known = loaded.recordsOf(commandId);
    if (known !== undefined) return { commandId, repeated: true, records: [...known], seq: loaded.committed };
    const event = await ask();
    const { commits } = this.#options;
    const records = await commits.write((batch) => {
      const author = commits.author(who, commandId);
      return batch.append(loaded, author, [event(author.epoch)]);
    });
    return { commandId, repeated: false, records, seq: loaded.committed };
  }

  #order(
    loaded: LoadedRace,
    { car, order, runId }: Order,
    who: string,
    { warn, again = false }: { readonly warn?: Micros; readonly again?: boolean } = {},
  ): void {
    const { cars, commits } = this.#options;
    const answer = cars.order(car, order, who, warn);
    const saidAt = commits.author().at;
    this.#latest.set(car, answer);
    this.#missedStops.delete(car);
    if (order === 'stop')
      void answer.then(({ outcome }) => {
        if (outcome !== 'silent' || standsStill(this.#motions.get(car)) || this.#latest.get(car) !== answer) return;
        this.#missedStops.set(car, { loaded, order: { car, order, runId } });
        // Without a connection the silence comes at once: to say it again at once would go on for ever, and nothing else. The car's next word is waited for.
        if (commits.author().at.at - saidAt.at >= patience) this.#stopAgain(car);
      });
    if (order !== 'clear') this.#hear(loaded, answer, { car, order, runId }, again);
  }

  /** A car that missed its stop and drives, as one does that carries on without its link: its run does not go. */
  #stopAgain(car: CarId): void {
    const missed = this.#missedStops.get(car);
    if (this.#stopped || missed === undefined || this.#motions.get(car)?.driving !== true) return;
    if (!goesIn(missed.loaded, car)) this.#order(missed.loaded, missed.order, deskAccount);
  }

  /** What the car said goes into the log, where the marshal sees it; `again`: as soon as anything can be written. */
  #hear(loaded: LoadedRace, answer: Promise<CarAnswer>, { car, order, runId }: Said, again = false): void {
    const { commits, log } = this.#options;
    loaded
      .during(async () => {
        const said = await answer;
        if (this.#stopped) return;
        await commits.write((batch) => {
          const { current } = loaded.replay;
          const about = runId ?? (current?.car === car ? current.runId : null);
          const event: RaceEvent = { type: 'car-answered', runId: about, car, command: order, ...said };
          return batch.append(loaded, commits.author(), [event]);
        }, again);
      })
      .catch((error: Error) => {
        if (!isDisk(error)) log.warn({ car, order, error: error.message }, 'an answer was not logged');
      });
  }
}

/** Its run lets the car go. */
function goesIn({ replay }: LoadedRace, car: CarId): boolean {
  const run = replay.seq === 0 ? undefined : replay.current;
  return run !== undefined && run.car === car && mayGo(run);
}

/** Told where logs are written, once a minute, and not for each thing that a car says. */
const isDisk = (error: Error): boolean => isPitwallError(error) && error.code === 'store-unavailable';

/** By its own word, and it is not about to drive. */
const standsStill = (motion: CarMotion | undefined): boolean =>
  motion?.driving === false && motion.safety !== 'starting';
