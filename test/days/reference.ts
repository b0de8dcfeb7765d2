import type { LogRecord, RaceState, RunState } from '@pitwall/protocol/race';
import type { Machine } from './kernel.js';
import { keyOf, type Passage } from './passage.js';

/** Records after which the laps of a run are no longer just what its passages are. */
const plainly: ReadonlySet<string> = new Set(['crossing', 'car-state', 'car-answered', 'time-expired', 'finished']);

/** As what a crossing stands for its passage. */
const counts: ReadonlySet<string> = new Set(['opens', 'closes', 'short', 'early', 'leaves-the-box', 'no-boundary']);

/**
 * Lap times by subtraction: from one true passage of the car to the next. Knows nothing of how crossings are read, and compares
 * what it can know: of any lap the time between the passages that it says it begins and ends with; of a run in
 * which nothing happened but driving, which laps there are.
 */
export class Reference {
  readonly #passages: ReadonlyMap<string, Passage>;
  readonly #all: readonly Passage[];
  readonly #controller: Machine;
  readonly counts = { laps: 0, plainRuns: 0 };

  constructor(passages: ReadonlyMap<string, Passage>, all: readonly Passage[], controller: Machine) {
    this.#passages = passages;
    this.#all = all;
    this.#controller = controller;
  }

  /** What is wrong with the laps of a race, in words; undefined: nothing. */
  compare(state: RaceState, records: readonly LogRecord[]): string | undefined {
    for (const run of state.runs) {
      const wrong = this.#laps(run, records) ?? this.#uses(run, records) ?? this.#count(run, state, records);
      if (wrong !== undefined) return `run ${state.runs.indexOf(run) + 1}: ${wrong}`;
    }
    return undefined;
  }

  #laps(run: RunState, records: readonly LogRecord[]): string | undefined {
    const at = (seq: number) => stamp(records[seq - 1] as LogRecord);
    for (const lap of run.laps) {
      const { opening, crossing, measured, part, marks, uncertainty } = lap;
      if (lap.ended !== 'crossing' || measured === null || part !== null || opening === null || crossing === null)
        continue;
      if (marks.includes('from-paper')) continue;
      const [from, to] = [this.#passageOf(records, opening), this.#passageOf(records, crossing)];
      if (from === undefined || to === undefined) continue;
      if (from === to) return `lap ${lap.lap} begins and ends with one passage`;
      const truth = (to.at - from.at) * this.#controller.rate;
      const over = measured - truth - uncertainty;
      const under = truth - measured - uncertainty;
      this.counts.laps += 1;
      // While the run is paused the clock stands: the lap may only be shorter then.
      if (over > 3 || (under > 3 && !marks.includes('paused')))
        return `lap ${lap.lap} is measured ${measured} µs ± ${uncertainty}, and took ${Math.round(truth)} µs, from ${at(opening)} to ${at(crossing)}`;
    }
    return undefined;
  }

  /**
   * Whoever saw it, a passage is one; or nothing tells, as the controller's clock began anew in between or hardly heard the gate, and
   * no time is made of it.
   */
  #uses(run: RunState, records: readonly LogRecord[]): string | undefined {
    const used = new Map<Passage, { record: LogRecord; use: string }>();
    for (const { seq, use, added } of run.crossings) {
      const passage = added || !counts.has(use) ? undefined : this.#passageOf(records, seq);
      if (passage === undefined) continue;
      const before = used.get(passage);
      const now = { record: records[seq - 1] as LogRecord, use };
      used.set(passage, now);
      if (before === undefined) continue;
      const isTimed = run.laps.some(
        ({ opening, crossing, time }) => opening === before.record.seq && crossing === seq && time !== null,
      );
      const isTold =
        before.record.at.bootId === now.record.at.bootId && [before, now].every(({ record }) => isHeard(record));
      if (isTimed || isTold)
        return `passage ${passage.number} is two: ${before.use} (${stamp(before.record)}) and ${use} (${stamp(now.record)})`;
    }
    return undefined;
  }

  /** Between the start and the end of a run in which nothing else happened, each passage ends a lap but the first. */
  #count(run: RunState, state: RaceState, records: readonly LogRecord[]): string | undefined {
    const started = records.find(({ event }) => event.type === 'run-started' && event.runId === run.runId);
    const over = run.overAt;
    if (started === undefined || over === null || run.kind !== 'timed' || run.fromPaper) return undefined;
    const from = records.indexOf(started) + 1;
    const ends = records.findIndex(
      ({ event }, index) => index >= from && (event.type === 'confirmed' || event.type === 'discarded'),
    );
    if (ends < 0 || records[ends]?.event.type !== 'confirmed') return undefined;
    const between = records.slice(from, ends);
    const after = records.slice(ends);
    const isTouched = after.some(({ event }) => touches(event) && (!('runId' in event) || event.runId === run.runId));
    if (isTouched || between.some(({ event, at }) => !plainly.has(event.type) || at.bootId !== started.at.bootId))
      return undefined;
    if (state.undone.some((seq) => seq >= started.seq && seq <= (records[ends]?.seq ?? 0))) return undefined;
    // What came late, or was seen while nobody was sure that the car drives, is somebody's decision.
    const uses = new Set(run.crossings.map(({ use }) => use));
    for (const use of ['not-driven', 'leaves-the-box', 'early', 'short', 'jump-start', 'no-boundary', 'late'] as const)
      if (uses.has(use)) return undefined;
    if (
      run.laps.some(
        ({ doubt, marks }) => doubt !== null || marks.includes('missed-crossing') || marks.includes('too-long'),
      )
    )
      return undefined;
    const seen = new Set(
      between.flatMap(({ event, seq }) => (event.type === 'crossing' ? [this.#passageOf(records, seq)] : [])),
    );
    seen.delete(undefined);
    const life = started.at.bootId;
    const driven = this.#all.filter(
      (passage) =>
        passage.car === run.car &&
        seen.has(passage) &&
        this.#controller.at(passage.at, life) > started.at.at + 200_000 &&
        this.#controller.at(passage.at, life) < over.at - 200_000,
    );
    const laps = run.laps.filter(({ ended }) => ended === 'crossing').length;
    this.counts.plainRuns += 1;
    // The last one may have ended the run.
    const least = Math.max(0, driven.length - 1);
    if (laps < least || laps > least + 1)
      return `${laps} laps are counted, and the car passed ${driven.length} times while it was on`;
    return undefined;
  }

  #passageOf(records: readonly LogRecord[], seq: number): Passage | undefined {
    const { event, at: written } = records[seq - 1] as LogRecord;
    if (event.type !== 'crossing') return undefined;
    const { gate, bootId, at } = event.crossing;
    if (gate !== 'manual') return this.#passages.get(keyOf(gate, bootId, at));
    // A hand is later than the car.
    return this.#all.findLast((passage) => {
      const late = at - this.#controller.at(passage.at, written.bootId);
      return late >= 0 && late < 400_000;
    });
  }
}

/** Its gate's clock is known well enough to tell a passage from the next lap, a few seconds later. */
const isHeard = ({ event }: LogRecord): boolean => event.type === 'crossing' && event.controllerBound < 1_000_000;

/** Where a crossing is in the controller's clock, for who reads what was found. */
function stamp({ seq, at, event }: LogRecord): string {
  if (event.type !== 'crossing') return `record ${seq}`;
  const { crossing, controllerAt, controllerBound } = event;
  return `record ${seq}, gate ${crossing.gate} in ${crossing.bootId} at ${crossing.at}, by the controller ${at.bootId} at ${controllerAt} ± ${controllerBound}, heard at ${at.at}`;
}

const touches = ({ type }: { readonly type: string }): boolean =>
  ['undone', 'crossing-ignored', 'lap-edited', 'reopened', 'discarded', 'crossing-added', 'crossings-read'].includes(
    type,
  );
