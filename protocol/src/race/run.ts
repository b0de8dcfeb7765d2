import type { CarId, EpochMs, Micros, RacerId } from '../brand.js';
import { scoreBy } from '../ranking/index.js';
import { type Corrections, type LapEdit, noCorrections, type ReadAs } from './corrections.js';
import type { Gates } from './course.js';
import { paperLaps } from './paper.js';
import { crossingRow, RunFold } from './run-fold.js';
import type { RunRules } from './run-rules.js';
import type { Lap, RunCrossing, RunState } from './state.js';
import { type ActFact, type CrossingFact, Timeline } from './timeline.js';

export interface RunIdentity {
  readonly runId: string;
  readonly kind: RunState['kind'];
  readonly racer: RacerId | null;
  readonly stage: RunState['stage'];
  readonly heat: RunState['heat'];
  /** Where the race takes any car, car and model are declared. */
  readonly declared: boolean;
}

/** How a run is timed; what it was called with stands, whatever is changed for later ones. */
export interface RunTiming {
  readonly version: 1 | 2;
  readonly rules: RunRules;
  readonly course: Gates;
}

/** One run while its log is replayed: its facts, the judgement on them, and what follows. */
export class Run {
  readonly identity: RunIdentity;
  /** When a crossing can first belong to it: the place of `staged` (of `practice-started`) in time. */
  from: { readonly boot: number; readonly at: Micros } | null = null;
  rerun = false;
  /** Results sent; never counts down, whatever is undone. */
  revision = 0;
  withdrawn = false;
  confirmedAt: EpochMs | null = null;
  interlock: RunState['interlock'] = null;
  carAnswer: RunState['carAnswer'] = null;
  readonly calledAt: { readonly boot: number; readonly at: Micros };
  endedAt: { readonly boot: number; readonly at: Micros } | null = null;
  readonly timing: RunTiming;
  #timeline = new Timeline();
  #judged: 'confirmed' | 'discarded' | null = null;
  readonly #late: CrossingFact[] = [];
  /** Few runs have any. */
  #corrections: Corrections = noCorrections;
  #fold: RunFold | undefined;
  #state: RunState | undefined;

  constructor(identity: RunIdentity, timing: RunTiming, calledAt: { boot: number; at: Micros }) {
    this.identity = identity;
    this.timing = timing;
    this.calledAt = calledAt;
  }

  get judged(): 'confirmed' | 'discarded' | null {
    return this.#judged;
  }

  get phase(): RunState['phase'] {
    return this.#judged ?? this.fold.phase;
  }

  get car(): CarId | null {
    return this.fold.car;
  }

  /** Whether it holds the track. */
  get isCurrent(): boolean {
    if (this.#judged !== null) return false;
    return this.identity.kind === 'timed' || this.fold.phase !== 'over';
  }

  get fold(): RunFold {
    if (this.#fold === undefined) {
      this.#fold = new RunFold(this.timing.version, this.timing.rules, this.#corrections);
      for (const fact of this.#timeline.facts) this.#fold.step(fact);
    }
    return this.#fold;
  }

  /** @returns whether it meant something when it came. */
  act(fact: ActFact): boolean {
    this.touch();
    if (!this.#timeline.add(fact)) this.#fold = undefined;
    else this.#fold?.step(fact);
    return !this.fold.idle.includes(fact.seq);
  }

  cross(fact: CrossingFact): void {
    this.touch();
    if (this.#judged !== null) {
      this.#late.push(fact);
      return;
    }
    if (!this.#timeline.add(fact)) this.#fold = undefined;
    else this.#fold?.step(fact);
  }

  ignore(crossing: number): void {
    this.#correct({ ignored: new Set([...this.#corrections.ignored, crossing]) });
  }

  edit(crossing: number, edit: LapEdit): void {
    const { edits } = this.#corrections;
    this.#correct({ edits: new Map([...edits, [crossing, { ...edits.get(crossing), ...edit }]]) });
  }

  read(crossing: number, as: ReadAs): void {
    this.#correct({ readings: new Map([...this.#corrections.readings, [crossing, as]]) });
  }

  split(crossing: number, parts: number): void {
    this.#correct({ splits: new Map([...this.#corrections.splits, [crossing, parts]]) });
  }

  moveIncident(incident: number): void {
    this.#correct({ moved: new Set([...this.#corrections.moved, incident]) });
  }

  addTime(time: Micros): void {
    this.#correct({ addedTime: (this.#corrections.addedTime + time) as Micros });
  }

  #correct(change: Partial<Corrections>): void {
    this.#corrections = { ...this.#corrections, ...change };
    this.#again();
  }

  /**
   * Only what comes late is added from here on. `forGood`: no record of the log reopens it, so that its facts have done their
   * work: a long race is many runs, and few of them are looked into again.
   */
  judge(how: 'confirmed' | 'discarded', forGood: boolean): void {
    this.#judged = how;
    this.touch();
    if (!forGood) return;
    this.fold.laps.settle();
    this.#timeline = new Timeline();
  }

  /** After a confirmation or a discard that was not for good: what came meanwhile counts from here on. */
  reopen(): void {
    this.#judged = null;
    for (const fact of this.#late.splice(0)) if (!this.#timeline.add(fact)) this.#fold = undefined;
    this.#again();
  }

  /** Its laps if somebody read these crossings so; null where its facts are not kept any more. */
  lapsIf(readings: readonly { readonly crossing: number; readonly as: ReadAs }[]): Lap[] | null {
    if (this.#judged !== null) return null;
    const { version, rules } = this.timing;
    const all = new Map(this.#corrections.readings);
    for (const { crossing, as } of readings) all.set(crossing, as);
    const fold = new RunFold(version, rules, { ...this.#corrections, readings: all });
    for (const fact of this.#timeline.facts) fold.step(fact);
    return fold.laps.ended;
  }

  /** What is shown of it changed. */
  touch(): void {
    this.#state = undefined;
  }

  get state(): RunState {
    this.#state ??= this.#derive();
    return this.#state;
  }

  #again(): void {
    this.#fold = undefined;
    this.touch();
  }

  #derive(): RunState {
    const { fold, identity } = this;
    const { rules } = this.timing;
    const laps = this.#laps();
    const score = scoreBy(laps, rules, ({ time }) => time ?? 0);
    let best = Infinity;
    for (const { valid, time, part } of laps) if (valid && part === null && time !== null && time < best) best = time;
    const { runId, kind, racer, stage, heat } = identity;
    return {
      runId,
      kind,
      racer,
      stage,
      heat,
      declared: identity.declared || fold.declared,
      // A turn that was called off before its start costs nothing.
      counts: identity.kind === 'timed' && !this.rerun && (this.#judged !== 'discarded' || fold.startedAt !== null),
      phase: this.phase,
      car: fold.car,
      model: fold.model,
      speed: fold.speed,
      ...(fold.scale === undefined ? {} : { scale: fold.scale }),
      fromPaper: fold.paper !== null,
      interlock: this.interlock,
      countdown: fold.countdown,
      rolling: fold.rolling,
      startedAt: fold.startedAt,
      clock: { elapsed: fold.elapsed, since: fold.since },
      limit: fold.limit,
      deadline: fold.deadline,
      lastLap: fold.lastLap && fold.phase !== 'over',
      pausedBy: fold.pausedBy,
      overBy: fold.overBy,
      overAt: fold.overAt,
      underWay: this.#underWay(),
      laps,
      crossings: this.#crossings(),
      bestLap: best === Infinity ? null : (best as Micros),
      score: score?.score ?? null,
      uncertainty: score?.uncertainty ?? (0 as Micros),
      revision: this.revision,
      withdrawn: this.withdrawn,
      confirmedAt: this.confirmedAt,
      interrupted: fold.interrupted,
      carAnswer: this.carAnswer,
    };
  }

  #laps(): Lap[] {
    const { fold } = this;
    if (fold.paper !== null) return paperLaps(fold.paper, fold);
    return this.#judged === null ? fold.laps.ended.slice() : fold.laps.ended;
  }

  #underWay(): RunState['underWay'] {
    const { laps, pausedAt } = this.fold;
    if (laps.opened === null) return null;
    const { bootId, at } = laps.opened;
    const { paused, resets, offTracks, collisions } = laps.tally;
    const { sectors } = laps;
    const lap = laps.ended.length + 1;
    return { lap, since: { bootId, at }, paused, pausedAt, resets, offTracks, collisions, sectors };
  }

  #crossings(): RunCrossing[] {
    const { overAt, crossings } = this.fold;
    if (this.#late.length === 0) return this.#judged === null ? crossings.slice() : crossings;
    const afterEnd = ({ at, bootId }: CrossingFact) => overAt !== null && bootId === overAt.bootId && at > overAt.at;
    return [...crossings, ...this.#late.map((fact) => crossingRow(fact, afterEnd(fact) ? 'after-end' : 'late'))];
  }
}
