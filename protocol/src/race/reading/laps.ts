import type { Micros } from '../../brand.js';
import type { Corrections } from '../corrections.js';
import type { Spot } from '../course.js';
import type { Driver, LapReading, Moment, Seen, Tally } from '../lap-reading.js';
import type { RunRules } from '../run-rules.js';
import type { CrossingUse, Lap, Sector } from '../state.js';
import type { CrossingFact } from '../timeline.js';
import { judgeSpans } from './judge.js';
import type { JudgeContext } from './judged.js';
import { isSeenByAnotherGate, lookBack } from './line-times.js';
import { belongsTo, gap, type Passage } from './passage.js';
import { SplitTimes } from './sectors.js';
import { type Boundary, noTally, type Question, type Span } from './span.js';

/** A car that was stopped rolls on for so long, µs: a crossing by then was driven. */
export const rollsOn = 2_000_000;

interface Open {
  from: Boundary;
  tally: Tally;
  splits: SplitTimes | null;
  /** The lap just opened (start, reset, stop), and its first crossing may have been a hand. */
  fresh: boolean;
  /** Its opening has moved to a later crossing already. */
  moved: boolean;
}

/**
 * The laps of one run while its facts are gone through: which passages begin and end them. What a crossing was is decided by
 * what came before it; whether a lap is in doubt depends on all the laps of the run, and is judged when somebody asks.
 */
export class Laps implements LapReading {
  readonly #rules: RunRules;
  readonly #corrections: Corrections;
  readonly #spans: Span[] = [];
  #open: Open | null = null;
  /** What the end of the run cut off. */
  #cutOff: Open | null = null;
  /** Seen at the line last, and may be seen again. */
  #passage: Passage | null = null;
  /** One before the start or in a pause is over with it: the car may drive over the line right after it was put there. */
  #passageIn: Moment['phase'] | 'any' = 'any';
  /** A crossing before the signal. */
  #jump: Passage | null = null;
  #judged: Lap[] | undefined;
  /** The run was over right after a crossing had closed a lap. */
  #endedByCrossing = false;

  constructor(rules: RunRules, corrections: Corrections) {
    this.#rules = rules;
    this.#corrections = corrections;
  }

  /** Those that ended, judged as of now. */
  get ended(): Lap[] {
    this.#judged ??= judgeSpans(this.#spans, this.#context);
    return this.#judged;
  }

  get #context(): JudgeContext {
    return { rules: this.#rules, corrections: this.#corrections, open: this.#open ?? this.#cutOff };
  }

  /** How many finished laps count for the limit of laps: neither in doubt, nor warm-up, nor judged to be none. */
  get finished(): number {
    return this.ended.filter(
      ({ ended, doubt, decided, valid, marks }) =>
        ended === 'crossing' && doubt === null && !marks.includes('warm-up') && (valid || decided === null),
    ).length;
  }

  /** Where the lap under way began; null where there is none. */
  get opened(): CrossingFact | null {
    return this.#open === null ? null : this.#open.from.passage.crossings[0];
  }

  get tally(): Tally {
    // Without a lap under way there is nothing that it would belong to.
    return this.#open?.tally ?? noTally();
  }

  /** Of the lap under way. */
  get sectors(): Sector[] {
    if (this.#open?.splits == null) return [];
    return this.#open.splits.sectors(this.#rules.splits, this.#open.from.passage, null);
  }

  /** At the start signal; the first lap is timed from it where the rules say so. */
  begin(signal: CrossingFact): void {
    const jump = this.#jump;
    if (jump !== null && this.#readAs(jump) === 'boundary')
      this.#begin({ passage: jump, questions: [], decided: true }, false);
    else if (this.#rules.firstLap === 'signal') {
      const questions: Question[] = jump === null ? [] : [{ kind: 'jump-start', other: jump }];
      const decided = jump !== null && this.#readAs(jump) === 'none';
      this.#begin({ passage: { spot: 'signal', crossings: [signal] }, questions, decided }, false);
    }
  }

  see(fact: CrossingFact, moment: Moment): Seen {
    this.#judged = undefined;
    const { spot } = fact;
    if (typeof spot === 'number') return { use: moment.phase === 'running' ? this.#split(fact, spot) : idle(moment) };
    const last = this.#passage;
    const lasts = this.#passageIn === 'any' || this.#passageIn === moment.phase;
    if (last !== null && lasts && isOnePlace(last.spot, spot) && this.#belongs(last, fact)) {
      last.crossings.push(fact);
      return { use: 'same-passage' };
    }
    const seen = this.#lookAt(fact, moment);
    const counts = seen.use === 'opens' || seen.use === 'closes' || seen.use === 'jump-start';
    this.#passageIn = counts || moment.phase === 'running' ? 'any' : moment.phase;
    if (seen.use === 'before-start') this.#passage = null;
    return seen;
  }

  #belongs(last: Passage, fact: CrossingFact): boolean {
    if (belongsTo(last, fact, this.#rules)) return true;
    const earlier = this.#spans.slice(-lookBack).map(({ from }) => from.passage);
    return isSeenByAnotherGate(last, fact, earlier.reverse(), this.#rules);
  }

  #lookAt(fact: CrossingFact, moment: Moment): Seen {
    switch (moment.phase) {
      case 'ready':
        return this.#beforeStart(fact, moment);
      case 'paused':
        return this.#whilePaused(fact, moment);
      case 'running':
        return this.#whileRunning(fact, moment);
      case 'over':
        this.#afterEnd(fact);
        return { use: 'after-end' };
      default:
        return { use: idle(moment) };
    }
  }

  /** The lap under way ends without a time. */
  giveUp(ended: Exclude<Lap['ended'], 'crossing'>, driver: Driver): void {
    const open = this.#open;
    if (open === null) return;
    this.#judged = undefined;
    this.#spans.push({
      from: open.from,
      to: null,
      ended,
      tally: open.tally,
      splits: open.splits,
      driver: asOf(driver),
    });
    this.#open = null;
  }

  /** The tally of the lap before the one under way, for what was noted too late. */
  get tallyBefore(): Tally | null {
    this.#judged = undefined;
    return this.#spans.at(-1)?.tally ?? null;
  }

  /** The run is over; what was under way is no lap. */
  stop(): void {
    const to = this.#spans.at(-1)?.to;
    this.#endedByCrossing = to != null && this.#open?.from === to;
    this.#cutOff = this.#open;
    this.#open = null;
  }

  settle(): void {
    this.#judged = this.ended;
    this.#spans.length = 0;
    this.#cutOff = null;
    this.#passage = null;
    this.#jump = null;
  }

  /** What a person said that the passage is. */
  #readAs({ crossings }: Passage): 'boundary' | 'none' | undefined {
    const { readings } = this.#corrections;
    if (readings.size === 0) return undefined;
    return crossings.map(({ seq }) => readings.get(seq)).findLast((as) => as !== undefined);
  }

  #beforeStart(fact: CrossingFact, moment: Moment): Seen {
    const passage = this.#at(fact);
    if (moment.counting && fact.spot !== 'finish') {
      this.#jump ??= passage;
      return { use: 'jump-start' };
    }
    if (!moment.rolling || fact.spot === 'finish') return { use: 'before-start' };
    const as = this.#readAs(passage);
    if (as === 'none') return { use: 'no-boundary' };
    if (as === undefined && stands(fact, moment)) return { use: 'not-driven' };
    this.#begin({ passage, questions: [], decided: as === 'boundary' }, true);
    return { use: 'opens', starts: true };
  }

  #whilePaused(fact: CrossingFact, { pausedSince, driver }: Moment): Seen {
    const passage = this.#at(fact);
    const open = this.#open;
    const as = this.#readAs(passage);
    if (as === 'none') return { use: 'no-boundary' };
    if (open === null || fact.spot === 'start' || pausedSince === null) return { use: 'while-paused' };
    const rolled = pausedSince.boot === fact.boot ? fact.at - pausedSince.at : Infinity;
    const since = gap(open.from.passage.crossings[0], fact);
    // Only the first, and only as long as it can have rolled on; what remains of the pause begins at the line then.
    if (as !== 'boundary' && (rolled > rollsOn || (since !== null && since < this.#rules.min) || rolled < 0))
      return { use: 'while-paused' };
    const { tally } = open;
    tally.pauses += 1;
    if (tally.paused !== null) tally.paused = Number.isFinite(rolled) ? ((tally.paused + rolled) as Micros) : null;
    this.#close({ passage, questions: [{ kind: 'pause' }], decided: as === 'boundary' }, driver);
    return { use: 'closes', closes: true, splitsPause: true };
  }

  /** Soon after the crossing that ended the run: it may have been the true one. */
  #afterEnd(fact: CrossingFact): void {
    const to = this.#spans.at(-1)?.to;
    if (to == null || !this.#endedByCrossing || fact.spot !== to.passage.spot) return;
    const since = gap(to.passage.crossings[0], fact);
    if (since === null || since < 0 || since >= this.#rules.min) return;
    to.questions.push({ kind: 'short', other: this.#at(fact) });
    this.#endedByCrossing = false;
  }

  #whileRunning(fact: CrossingFact, moment: Moment): Seen {
    if (this.#rules.several) return { use: 'out-of-order' };
    const passage: Passage = { spot: fact.spot, crossings: [fact] };
    const as = this.#readAs(passage);
    const seen =
      as === undefined && stands(fact, moment) ? { use: 'not-driven' as const } : this.#line(passage, as, moment);
    this.#passage = passage;
    return seen;
  }

  #line(passage: Passage, as: 'boundary' | 'none' | undefined, { driver, startedByCrossing }: Moment): Seen {
    const { spot } = passage;
    if (as === 'none') return { use: 'no-boundary' };
    const open = this.#open;
    const decided = as === 'boundary';
    if (open === null) {
      if (spot === 'finish') return { use: 'out-of-order' };
      this.#begin({ passage, questions: [], decided }, spot !== 'start');
      return { use: 'opens' };
    }
    const since = gap(open.from.passage.crossings[0], passage.crossings[0]) ?? Infinity;
    if (spot === 'start') return this.#startAgain(passage, since, decided, driver);
    const { min, floor } = this.#rules;
    if (!decided) {
      if (open.fresh && !open.moved && !open.from.decided && spot === 'line' && since < floor)
        return this.#moveOpening(open, passage, startedByCrossing);
      if (open.from.passage.spot === 'signal' && !open.moved && spot === 'line' && since < floor) {
        open.moved = true;
        return { use: 'leaves-the-box' };
      }
      if (since < min) {
        open.from.questions.push({ kind: 'short', other: passage });
        return { use: 'short' };
      }
    }
    const again = open.moved && since < floor && !decided && open.from.passage.spot !== 'signal';
    this.#close({ passage, questions: again ? [{ kind: 'opening-again' }] : [], decided }, driver);
    return { use: 'closes', closes: true };
  }

  /** At a start that is apart from the finish: the lap before never got there, or something moved at the start. */
  #startAgain(passage: Passage, since: number, decided: boolean, driver: Driver): Seen {
    if (this.#open?.from.passage.spot === 'signal') return { use: 'same-passage' };
    if (!decided && since < this.#rules.floor) return { use: 'short' };
    this.giveUp('did-not-finish', driver);
    this.#begin({ passage, questions: [], decided }, false);
    return { use: 'opens' };
  }

  /** A hand comes before the car: once for each opening, the later of two crossings opens the lap. */
  #moveOpening(open: Open, passage: Passage, startedByCrossing: boolean): Seen {
    const first = open.from.passage;
    open.from = { passage, questions: [{ kind: 'opening', other: first }], decided: false };
    open.moved = true;
    // What stood still before the lap is none of its time.
    Object.assign(open.tally, { paused: 0 as Micros, pauses: 0, stops: 0 });
    const relabels = { seq: first.crossings[0].seq, use: 'early' as const };
    return { use: 'opens', relabels, ...(startedByCrossing && this.#spans.length === 0 ? { starts: true } : {}) };
  }

  #begin(from: Boundary, fresh: boolean): void {
    const splits = this.#rules.splits === 0 ? null : new SplitTimes();
    this.#open = { from, tally: noTally(), splits, fresh, moved: false };
  }

  #close(to: Boundary, driver: Driver): void {
    const open = this.#open as Open;
    this.#spans.push({
      from: open.from,
      to,
      ended: 'crossing',
      tally: open.tally,
      splits: open.splits,
      driver: asOf(driver),
    });
    this.#begin(to, false);
    // Where the finish is apart, the way back to the start is no lap.
    if (to.passage.spot !== 'line') this.#open = null;
  }

  /** Seen where no lap is timed. */
  #at(fact: CrossingFact): Passage {
    const passage: Passage = { spot: fact.spot, crossings: [fact] };
    this.#passage = passage;
    return passage;
  }

  #split(fact: CrossingFact, split: number): CrossingUse {
    const passed = this.#open?.splits;
    if (passed == null) return 'out-of-order';
    const { last } = passed;
    const since = last?.spot === split ? gap(last, fact) : null;
    if (since !== null && since <= this.#rules.holdoff) return 'same-passage';
    const waypoint = { passage: { spot: split, crossings: [fact] as [CrossingFact] }, paused: this.tally.paused };
    return passed.pass(split, waypoint) ? 'split' : 'out-of-order';
  }
}

/** Who drives now; another may drive later. */
const asOf = ({ car, model, speed, scale }: Driver): Driver => ({ car, model, speed, scale });

/** What a crossing is in a phase in which it does nothing. */
function idle({ phase }: Moment): CrossingUse {
  if (phase === 'over') return 'after-end';
  return phase === 'paused' ? 'while-paused' : 'before-start';
}

/** A crossing that a marshal added is at whichever of start and finish the car was to pass next. */
const isOnePlace = (a: Spot, b: Spot): boolean =>
  a === b || (a === 'either' && typeof b !== 'number') || (b === 'either' && typeof a !== 'number');

const stands = (fact: CrossingFact, { standsSince }: Moment): boolean =>
  standsSince !== null &&
  (fact.boot > standsSince.boot || (fact.boot === standsSince.boot && fact.at - standsSince.at > rollsOn));
