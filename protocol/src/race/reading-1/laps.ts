import type { Micros } from '../../brand.js';
import type { LapEdit } from '../corrections.js';
import type { Driver, LapReading, Moment, Seen, Tally } from '../lap-reading.js';
import type { RaceRules } from '../rules.js';
import type { CrossingUse, Lap, Sector } from '../state.js';
import type { CrossingFact } from '../timeline.js';
import { lapOf, noTally } from './lap-book.js';
import { isSamePassage, type Measured, measure, type Passage } from './measure.js';
import { SplitTimes } from './sectors.js';

const noSectors: Sector[] = Object.freeze<Sector[]>([]) as Sector[];

/**
 * The laps of one run of a log of version 1, read as that version read them: results that stand on it never change. Nothing is mended
 * here; a passage's later crossings shorten the next lap.
 */
export class Laps implements LapReading {
  readonly ended: Lap[] = [];
  /** Those that a crossing closed. */
  finished = 0;
  /** Where the lap under way began; null where there is none. */
  open: Passage | null = null;
  readonly tally: Tally = noTally();
  readonly #rules: RaceRules;
  readonly #splits: number;
  readonly #edits: ReadonlyMap<number, LapEdit>;
  readonly #passed: SplitTimes | null;
  /** What saw the car at the line last, and may see it again. */
  #passage: CrossingFact[] | null = null;

  /** `splits`: how many of them the course has. */
  constructor(rules: RaceRules, splits: number, edits: ReadonlyMap<number, LapEdit>) {
    this.#rules = rules;
    this.#splits = splits;
    this.#edits = edits;
    this.#passed = splits === 0 ? null : new SplitTimes();
  }

  /** Of the lap under way. */
  get sectors(): Sector[] {
    if (this.#passed === null || this.open === null) return noSectors;
    return this.#passed.sectors(this.#splits, this.open, null);
  }

  get opened(): CrossingFact | null {
    return this.open?.[0] ?? null;
  }

  /** Incidents cannot be moved. */
  readonly tallyBefore = null;

  /** At the start signal; the first lap is timed from it where the rules say so. */
  begin(signal: CrossingFact): void {
    if (this.#rules.firstLap === 'signal') this.open = [signal];
  }

  see(fact: CrossingFact, { phase, rolling, driver }: Moment): Seen {
    if (phase === 'over') return { use: 'after-end' };
    if (phase === 'paused') return { use: 'while-paused' };
    const starts = phase === 'ready' && rolling && typeof fact.spot !== 'number' && fact.spot !== 'finish';
    if (phase !== 'running' && !starts) return { use: 'before-start' };
    const use = this.#cross(fact, driver);
    return { use, starts, closes: use === 'closes' };
  }

  #cross(fact: CrossingFact, driver: Driver): CrossingUse {
    const { spot } = fact;
    if (typeof spot === 'number') return this.#split(fact, spot);
    const first = this.#passage?.[0];
    if (first !== undefined && first.spot === spot && isSamePassage(first, fact, this.#rules.holdoff)) {
      this.#passage?.push(fact);
      return 'same-passage';
    }
    if (spot === 'line') return this.#line(fact, driver);
    return spot === 'finish' || (spot === 'either' && this.open !== null)
      ? this.#finish(fact, driver)
      : this.#start(fact, driver);
  }

  /** The lap under way ends without a time. */
  giveUp(ended: Exclude<Lap['ended'], 'crossing'>, driver: Driver): void {
    if (this.open === null) return;
    this.#book(ended, this.open, null, driver);
    this.open = null;
  }

  /** The run is over; what was under way is no lap. */
  stop(): void {
    this.open = null;
    this.#passage = null;
  }

  settle(): void {
    this.#passage = null;
  }

  #line(fact: CrossingFact, driver: Driver): CrossingUse {
    const from = this.open;
    this.#open(fact);
    if (from === null) {
      this.#clear();
      return 'opens';
    }
    this.#book('crossing', from, this.open, driver);
    return 'closes';
  }

  /** Again at a start that is apart from the finish: the lap before never got there. */
  #start(fact: CrossingFact, driver: Driver): CrossingUse {
    if (this.open?.[0].spot === 'signal') return 'same-passage';
    this.giveUp('did-not-finish', driver);
    this.#open(fact);
    this.#clear();
    return 'opens';
  }

  #finish(fact: CrossingFact, driver: Driver): CrossingUse {
    const from = this.open;
    if (from === null) return 'out-of-order';
    this.#open(fact);
    this.#book('crossing', from, this.open, driver);
    this.open = null;
    return 'closes';
  }

  #open(fact: CrossingFact): void {
    const passage: [CrossingFact, ...CrossingFact[]] = [fact];
    this.#passage = passage;
    this.open = passage;
  }

  #split(fact: CrossingFact, split: number): CrossingUse {
    const passed = this.#passed;
    if (passed === null || this.open === null) return 'out-of-order';
    const { last } = passed;
    if (last?.spot === split && isSamePassage(last, fact, this.#rules.holdoff)) return 'same-passage';
    return passed.pass(split, { passage: [fact], paused: this.tally.paused }) ? 'split' : 'out-of-order';
  }

  #book(ended: Lap['ended'], from: Passage, to: Passage | null, driver: Driver): void {
    const measured: Measured | null = to === null ? null : measure(from, to);
    const crossing = to === null ? null : to[0].seq;
    if (to !== null) this.finished += 1;
    const paused = this.tally.paused as Micros | null;
    this.ended.push(
      lapOf(
        {
          number: this.ended.length + 1,
          ended,
          crossing,
          opening: from[0].spot === 'signal' ? null : from[0].seq,
          measured,
          sectors: this.#passed?.sectors(this.#splits, from, to === null ? null : { passage: to, paused }) ?? noSectors,
          tally: this.tally,
          car: driver.car,
          model: driver.model,
          edit: crossing === null ? undefined : this.#edits.get(crossing),
        },
        this.#rules,
      ),
    );
    this.#clear();
  }

  /** A new lap begins with nothing in it. */
  #clear(): void {
    const { tally } = this;
    tally.resets = 0;
    tally.offTracks = 0;
    tally.collisions = 0;
    tally.paused = 0 as Micros;
    tally.pauses = 0;
    this.#passed?.clear();
  }
}
