import type { Micros } from '../../brand.js';
import type { Sector } from '../state.js';
import type { CrossingFact } from '../timeline.js';
import { measure, type Passage } from './measure.js';

/** The car at a line or a split, and how long its lap had been paused by then (null: nobody can know). */
export interface Waypoint {
  readonly passage: Passage;
  readonly paused: Micros | null;
}

/** The splits of a lap under way, by their place; a hole where one saw nothing. */
export class SplitTimes {
  readonly #passed: (Waypoint | undefined)[] = [];

  /** The split that was passed last; undefined where none was. */
  get last(): CrossingFact | undefined {
    return this.#passed.at(-1)?.passage[0];
  }

  /** False where the lap has passed this split, or one behind it. */
  pass(split: number, waypoint: Waypoint): boolean {
    if (split < this.#passed.length) return false;
    this.#passed[split] = waypoint;
    return true;
  }

  clear(): void {
    this.#passed.length = 0;
  }

  /** The lap's sectors, of a course with so many splits; `to` is null as long as the lap has not ended. */
  sectors(splits: number, from: Passage, to: Waypoint | null): Sector[] {
    const sectors: Sector[] = [];
    let begin: Waypoint | undefined = { passage: from, paused: 0 as Micros };
    for (let place = 0; place <= splits; place += 1) {
      const end = place === splits ? (to ?? undefined) : this.#passed[place];
      sectors.push(begin === undefined || end === undefined ? unknown : sectorBetween(begin, end));
      begin = end;
    }
    return sectors;
  }
}

const unknown: Sector = Object.freeze({ time: null, uncertainty: 0 as Micros });

function sectorBetween(begin: Waypoint, end: Waypoint): Sector {
  const { time, uncertainty } = measure(begin.passage, end.passage);
  if (time === null || begin.paused === null || end.paused === null) return unknown;
  return { time: Math.max(0, time - (end.paused - begin.paused)) as Micros, uncertainty };
}
