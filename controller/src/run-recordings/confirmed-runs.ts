import type { RaceId } from '@pitwall/protocol';
import { mayGo, type RaceReplay } from '@pitwall/protocol/race';
import type { WantedRun } from './run-recordings.js';

/** Hears of races what their recordings want: which runs are confirmed, and whether any car drives in one. */
export class ConfirmedRuns {
  readonly #confirmed: (run: WantedRun) => void;
  /** How far each race was looked at. */
  readonly #seen = new Map<RaceId, number>();
  readonly #underWay = new Set<RaceId>();

  constructor(confirmed: (run: WantedRun) => void) {
    this.#confirmed = confirmed;
  }

  /** Whether a run is under way, or about to be. */
  get isUnderWay(): boolean {
    return this.#underWay.size > 0;
  }

  /** A race as it is now. What was confirmed before this process heard of it is noted already. */
  readonly heard = (race: RaceId, replay: RaceReplay): void => {
    const { current } = replay;
    if (current !== undefined && (mayGo(current) || current.countdown !== null)) this.#underWay.add(race);
    else this.#underWay.delete(race);
    const seen = this.#seen.get(race);
    this.#seen.set(race, replay.seq);
    // Cars of LIVE races are simulated by this controller, and gone with their race; others it does not drive.
    if (seen === undefined || seen >= replay.seq || replay.setup.car !== 'agent') return;
    for (const { event } of replay.after(seen)) {
      const run = event.type === 'confirmed' ? replay.run(event.runId) : undefined;
      if (run?.phase !== 'confirmed' || run.racer === null || run.car === null || run.declared) continue;
      this.#confirmed({ run: run.runId, race, racer: run.racer, car: run.car });
    }
  };
}
