import { errorLine, isPitwallError, type RaceId } from '@pitwall/protocol';
import type { RaceReplay } from '@pitwall/protocol/race';
import type { DeskLog, RaceDesk } from '../race/index.js';
import { SimulatedCar, type SimulatedCarOptions } from './simulated-car.js';

export interface LiveRacesOptions extends Omit<SimulatedCarOptions, 'race' | 'setup'> {
  readonly desk: RaceDesk;
  readonly log: DeskLog;
}

/** For every open race with a simulated car: that car on its virtual track, and the gate beside it. */
export class LiveRaces {
  readonly #options: LiveRacesOptions;
  readonly #cars = new Map<RaceId, SimulatedCar>();
  readonly #ending = new Set<Promise<void>>();
  #unwatch: (() => void) | undefined;

  constructor(options: LiveRacesOptions) {
    this.#options = options;
  }

  start(): void {
    this.#unwatch = this.#options.desk.watch((race, replay) => this.#check(race, replay));
  }

  /** Ends every car and gate. Idempotent. */
  async stop(): Promise<void> {
    this.#unwatch?.();
    await Promise.all([...this.#ending, ...[...this.#cars.values()].map((car) => car.stop())]);
    this.#cars.clear();
  }

  #check(race: RaceId, replay: RaceReplay): void {
    const { setup, phase } = replay;
    if (setup.car !== 'simulated') return;
    const known = this.#cars.get(race);
    if (phase !== 'open') {
      this.#cars.delete(race);
      if (known === undefined) return;
      const ending = known.stop().finally(() => this.#ending.delete(ending));
      this.#ending.add(ending);
      return;
    }
    let car = known;
    if (car === undefined) {
      car = new SimulatedCar({ ...this.#options, race, setup });
      this.#cars.set(race, car);
      car.start().catch((error: unknown) => {
        const line = isPitwallError(error) ? errorLine(error) : (error as Error).message;
        this.#options.log.error({ race, error: line }, 'the simulated car of a race could not be started');
      });
    }
    car.follow(replay);
  }
}
