import type { CarId, Micros, RaceId } from '@pitwall/protocol';
import { type Address, type StopAll, type StoppedCar, StopRequest, topics } from '@pitwall/protocol/messages';
import type { MqttLink } from '@pitwall/runtime/mqtt-link';
import { LRUCache } from 'lru-cache';
import { v7 as uuidv7 } from 'uuid';
import type { CarAnswer, DeskClock, DeskLog, Epoch } from '../ports.js';
import type { CarLink } from './car-link.js';
import type { EStops } from './e-stops.js';

export interface StopAllCarsOptions {
  readonly link: Pick<MqttLink, 'subscribeRaw' | 'publish'>;
  readonly cars: Pick<CarLink, 'cars' | 'heard' | 'command'>;
  readonly eStops: Pick<EStops, 'cars'>;
  /** The race desk: which cars have a run, and to pause those runs. */
  readonly desk: {
    readonly carsInRuns: readonly CarId[];
    allStopped(who: string, answerOf: (car: CarId) => Promise<CarAnswer> | undefined): Promise<RaceId[]>;
  };
  readonly clock: DeskClock;
  readonly epoch: Epoch;
  readonly log: DeskLog;
}

interface UnderWay {
  state: StopAll;
  done: Promise<StopAll>;
}

/** Whoever sends one again is answered; so many are known. */
const remembered = 100;

/** *Stop all cars*: one command from pages, programs and buttons to every car, at once, and who has not answered. */
export class StopAllCars {
  readonly #options: StopAllCarsOptions;
  readonly #known = new LRUCache<string, UnderWay>({ max: remembered });
  readonly #watchers = new Set<(stop: StopAll) => void>();

  constructor(options: StopAllCarsOptions) {
    this.#options = options;
  }

  /** Subscribes; call before the link starts. */
  start(): void {
    const { link } = this.#options;
    for (const filter of [topics.everyGate('stop'), topics.everyStaff('stop')])
      link.subscribeRaw(filter, ({ message, from, retained }) => {
        // What a broker elsewhere had kept was meant for another moment.
        if (!retained) this.#asked(message.toString('utf8'), from);
      });
  }

  /** Each as it goes on: when the orders are out, and whenever a car has answered. Answers how to stop. */
  watch(watcher: (stop: StopAll) => void): () => void {
    this.#watchers.add(watcher);
    return () => this.#watchers.delete(watcher);
  }

  /** Resolves when every car has answered, or is silent. The same `stopId` again is the same stop. */
  stop(by: string, stopId: string = uuidv7()): Promise<StopAll> {
    return (this.#known.get(stopId) ?? this.#begin(by, stopId)).done;
  }

  #begin(by: string, stopId: string, key = stopId): UnderWay {
    const { cars, eStops, desk, clock, epoch, log } = this.#options;
    const all = [...new Set([...cars.cars, ...eStops.cars, ...desk.carsInRuns])].sort();
    const from = clock.now();
    // The orders first; whatever is looked up or written comes after them.
    const answers = new Map(all.map((car) => [car, cars.command(car, { type: 'e-stop' }, by)]));
    const paused = desk.allStopped(by, (car) => answers.get(car));
    log.warn({ by, cars: all.length }, 'all cars are stopped');
    const state: StopAll = { stopId, by, at: epoch(), cars: all.map((car) => this.#waiting(car)), paused: [] };
    const underWay: UnderWay = { state, done: Promise.resolve(state) };
    underWay.done = this.#follow(underWay, answers, paused, from);
    this.#tell(state);
    this.#known.set(key, underWay);
    return underWay;
  }

  async #follow(
    underWay: UnderWay,
    answers: ReadonlyMap<CarId, ReturnType<CarLink['command']>>,
    paused: Promise<RaceId[]>,
    from: Micros,
  ): Promise<StopAll> {
    const { cars, clock } = this.#options;
    const heard = [...answers].map(async ([car, answer]) => {
      const { outcome, message, safety } = await answer;
      const { status, ago } = cars.heard(car);
      const said: StoppedCar = {
        car,
        answer: outcome === 'done' ? 'stopped' : outcome,
        message,
        safety,
        took: outcome === 'silent' ? null : ((clock.now() - from) as Micros),
        status,
        heardAgo: ago,
      };
      this.#change(underWay, { cars: underWay.state.cars.map((one) => (one.car === car ? said : one)) });
    });
    const races = await paused;
    this.#change(underWay, { paused: races });
    await Promise.all(heard);
    return underWay.state;
  }

  #change(underWay: UnderWay, change: Partial<StopAll>): void {
    underWay.state = { ...underWay.state, ...change };
    this.#tell(underWay.state);
  }

  #tell(stop: StopAll): void {
    for (const watcher of this.#watchers) watcher(stop);
  }

  #waiting(car: CarId): StoppedCar {
    const { status, ago } = this.#options.cars.heard(car);
    return { car, answer: 'waiting', message: null, safety: null, took: null, status, heardAgo: ago };
  }

  /** A button's or a program's. One that cannot be read stops the cars all the same; only its sender hears of no answer. */
  #asked(text: string, from: Address): void {
    const by = `${from.of} ${from.id}`;
    const stopId = stopIdIn(text);
    if (stopId === undefined) {
      void this.stop(by);
      return;
    }
    // Two senders may count alike.
    const key = `${by}/${stopId}`;
    const underWay = this.#known.get(key) ?? this.#begin(by, stopId, key);
    const answer = (stop: StopAll) => {
      if (from.of === 'gate') this.#options.link.publish(topics.gate(from.id, 'stopped'), stop);
      if (from.of === 'staff') this.#options.link.publish(topics.staff(from.id, 'stopped'), stop);
    };
    answer(underWay.state);
    void underWay.done.then(answer);
  }
}

function stopIdIn(text: string): string | undefined {
  try {
    return StopRequest.safeParse(JSON.parse(text)).data?.stopId;
  } catch {
    return undefined;
  }
}
