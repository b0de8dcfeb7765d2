import type { CarId } from '@pitwall/protocol';
import { mayGo, type RunState } from '@pitwall/protocol/race';
import { deskAccount, type LoadedRace } from '../log/loaded-race.js';
import type { CarMotion, Cars, DeskLog } from '../ports.js';

/** While a run is in one of these its car has the run's speed. */
const lasts: ReadonlySet<RunState['phase']> = new Set(['staged', 'ready', 'running', 'paused']);

/**
 * The cars' speed as their runs have it. What a car says of itself is compared with what its run wants, so that a car that missed a
 * command, came up anew, or is told by nobody any more is told again. None of it sets a car going.
 */
export class RunSpeeds {
  readonly #cars: Cars;
  readonly #log: DeskLog;
  readonly #motions = new Map<CarId, CarMotion>();
  /** What a car is being told at this moment, percent. */
  readonly #telling = new Map<CarId, number>();

  constructor({ cars, log }: { readonly cars: Cars; readonly log: DeskLog }) {
    this.#cars = cars;
    this.#log = log;
  }

  /** A car says how it is. */
  heard(open: readonly LoadedRace[], car: CarId, motion: CarMotion): void {
    this.#motions.set(car, motion);
    this.settle(open, car, deskAccount);
  }

  /** Tells a car what it does not know yet. */
  settle(open: readonly LoadedRace[], car: CarId, who: string): void {
    const motion = this.#motions.get(car);
    // Not online, or it knows of no runs.
    if (motion?.runSpeed == null) return;
    const run = runOf(open, car);
    const percent = run?.speed ?? 100;
    if (motion.runSpeed === percent || this.#telling.get(car) === percent) return;
    // The end of a run makes no car faster that still drives.
    const drives = motion.safety === 'driving' || motion.safety === 'starting';
    if (drives && percent > motion.runSpeed && (run === undefined || !mayGo(run))) return;
    this.#telling.set(car, percent);
    void this.#cars.setRunSpeed(car, percent, who).then(({ outcome, message }) => {
      if (this.#telling.get(car) === percent) this.#telling.delete(car);
      if (outcome !== 'done') this.#log.warn({ car, percent, outcome, message }, 'a car did not take its speed');
    });
  }
}

function runOf(open: readonly LoadedRace[], car: CarId): RunState | undefined {
  return open
    .filter(({ replay }) => replay.setup.car !== 'any')
    .map(({ replay }) => replay.current)
    .find((run) => run?.car === car && lasts.has(run.phase));
}
