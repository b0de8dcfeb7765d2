import type { CarId, EpochMs, Micros, RacerId } from '../brand.js';
import { scoreBy } from '../ranking/index.js';
import type { LapEdit } from './lap-book.js';
import type { RaceRules } from './rules.js';
import { crossingRow, RunFold } from './run-fold.js';
import type { RunCrossing, RunState } from './state.js';
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

const none: ReadonlySet<number> = new Set();
const noEdits: ReadonlyMap<number, LapEdit> = new Map();

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
  /** Percent. */
  speed = 100;
  interlock: RunState['interlock'] = null;
  carAnswer: RunState['carAnswer'] = null;
  readonly calledAt: { readonly boot: number; readonly at: Micros };
  endedAt: { readonly boot: number; readonly at: Micros } | null = null;
  readonly #rules: RaceRules;
  readonly #splits: number;
  #timeline = new Timeline();
  #judged: 'confirmed' | 'discarded' | null = null;
  readonly #late: CrossingFact[] = [];
  /** Few runs have any. */
  #ignored: ReadonlySet<number> = none;
  #edits: ReadonlyMap<number, LapEdit> = noEdits;
  #addedTime = 0 as Micros;
  #fold: RunFold | undefined;
  #state: RunState | undefined;

  /** `splits`: how many of them the course has. */
  constructor(identity: RunIdentity, rules: RaceRules, splits: number, calledAt: { boot: number; at: Micros }) {
    this.identity = identity;
    this.#rules = rules;
    this.#splits = splits;
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
      this.#fold = new RunFold(this.#rules, this.#splits, {
        ignored: this.#ignored,
        edits: this.#edits,
        addedTime: this.#addedTime,
      });
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
    this.#ignored = new Set([...this.#ignored, crossing]);
    this.#again();
  }

  edit(crossing: number, edit: LapEdit): void {
    this.#edits = new Map([...this.#edits, [crossing, { ...this.#edits.get(crossing), ...edit }]]);
    this.#again();
  }

  addTime(time: Micros): void {
    this.#addedTime = (this.#addedTime + time) as Micros;
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
    void this.fold;
    this.#timeline = new Timeline();
  }

  /** After a confirmation or a discard that was not for good: what came meanwhile counts from here on. */
  reopen(): void {
    this.#judged = null;
    for (const fact of this.#late.splice(0)) if (!this.#timeline.add(fact)) this.#fold = undefined;
    this.#again();
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
    const laps = this.#judged === null ? fold.laps.ended.slice() : fold.laps.ended;
    const score = scoreBy(laps, this.#rules, ({ time }) => time ?? 0);
    let best = Infinity;
    for (const { valid, time } of laps) if (valid && time !== null && time < best) best = time;
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
      speed: this.speed,
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

  #underWay(): RunState['underWay'] {
    const { laps, pausedAt } = this.fold;
    if (laps.open === null) return null;
    const { bootId, at } = laps.open[0];
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
