import type { CarId, EpochMs } from '@pitwall/protocol';
import type { EStop } from '@pitwall/protocol/api';
import { Retry } from '@pitwall/runtime';
import type { Store } from '../../store/index.js';
import { FailureLog } from '../log/failure-log.js';
import type { RaceTables } from '../log/tables.js';
import type { DeskClock, DeskLog, Epoch, Timers } from '../ports.js';

export interface EStopsOptions {
  readonly store: Store;
  readonly clock: Pick<DeskClock, 'now'>;
  readonly epoch: Epoch;
  readonly timers: Timers;
  readonly log: DeskLog;
}

const backOff = { firstMs: 500, mostMs: 8000 };

/**
 * The emergency stops that nobody has cleared yet, one a car at most. They are in force at once and on disk a moment later: a
 * stop waits for no disk.
 */
export class EStops {
  readonly #options: EStopsOptions;
  readonly #held = new Map<CarId, EStop>();
  readonly #watchers = new Set<(car: CarId, eStop: EStop | null) => void>();
  /** Whose row is not on disk as it is here. */
  readonly #unwritten = new Set<CarId>();
  #writing: Promise<void> | undefined;
  readonly #retry: Retry;
  readonly #failures: FailureLog;
  #stopped = false;

  constructor(options: EStopsOptions) {
    this.#options = options;
    this.#retry = new Retry({ ...backOff, timers: options.timers });
    this.#failures = new FailureLog(options.clock);
  }

  /** Takes up those of before a restart. */
  async start(): Promise<void> {
    this.#stopped = false;
    const rows = await this.#db.selectFrom('car_e_stops').selectAll().execute();
    for (const { car, since, who, answered } of rows)
      this.#held.set(car as CarId, { since: since as EpochMs, by: who, answered: answered as EStop['answered'] });
  }

  /** Writes what is not written yet, once. */
  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry.stop();
    await this.#writing;
    if (this.#unwritten.size > 0) this.#writeSoon();
    await this.#writing;
  }

  of(car: CarId): EStop | null {
    return this.#held.get(car) ?? null;
  }

  get cars(): CarId[] {
    return [...this.#held.keys()];
  }

  /** Once more it stays that of who pressed it first. */
  pressed(car: CarId, who: string): void {
    const { since, by } = this.#held.get(car) ?? { since: this.#options.epoch(), by: who };
    this.#set(car, { since, by, answered: 'waiting' });
  }

  answered(car: CarId, answered: EStop['answered']): void {
    const known = this.#held.get(car);
    // An answer that came is worth more than the silence to another time it was said.
    if (known === undefined || known.answered === answered) return;
    if (answered === 'silent' && known.answered !== 'waiting') return;
    this.#set(car, { ...known, answered });
  }

  cleared(car: CarId): void {
    if (this.#held.delete(car)) this.#changed(car);
  }

  /** Those that there are, then each as it changes; null: cleared. Answers how to stop. */
  watch(watcher: (car: CarId, eStop: EStop | null) => void): () => void {
    for (const [car, eStop] of this.#held) watcher(car, eStop);
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  #set(car: CarId, eStop: EStop): void {
    this.#held.set(car, eStop);
    this.#changed(car);
  }

  #changed(car: CarId): void {
    for (const watcher of this.#watchers) watcher(car, this.of(car));
    this.#unwritten.add(car);
    this.#writeSoon();
  }

  #writeSoon(): void {
    this.#writing ??= this.#write();
  }

  async #write(): Promise<void> {
    // What changed in this turn of the event loop goes to disk together.
    await Promise.resolve();
    while (this.#unwritten.size > 0) {
      const cars = [...this.#unwritten];
      this.#unwritten.clear();
      try {
        await this.#put(cars);
        this.#worked();
      } catch (error) {
        for (const car of cars) this.#unwritten.add(car);
        this.#failed(error as Error);
        break;
      }
    }
    this.#writing = undefined;
  }

  #worked(): void {
    this.#retry.worked();
    this.#failures.worked(() => this.#options.log.info({}, 'emergency stops can be written again'));
  }

  #failed({ message: error }: Error): void {
    const cars = [...this.#unwritten];
    this.#failures.failed((tries) =>
      this.#options.log.error({ cars, tries, error }, 'emergency stops could not be written; they are in force'),
    );
    if (!this.#stopped) this.#retry.again(() => this.#writeSoon());
  }

  async #put(cars: readonly CarId[]): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      await transaction.deleteFrom('car_e_stops').where('car', 'in', cars).execute();
      const rows = cars.flatMap((car) => {
        const eStop = this.#held.get(car);
        return eStop === undefined ? [] : [{ car, since: eStop.since, who: eStop.by, answered: eStop.answered }];
      });
      if (rows.length > 0) await transaction.insertInto('car_e_stops').values(rows).execute();
    });
  }

  get #db() {
    return this.#options.store.as<RaceTables>();
  }
}
