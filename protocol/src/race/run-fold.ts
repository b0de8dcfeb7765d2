import type { CarId, Micros, Sha256 } from '../brand.js';
import type { Stamp } from './events.js';
import type { LapEdit } from './lap-book.js';
import { Laps } from './laps.js';
import type { RaceRules } from './rules.js';
import type { CrossingUse, RunCrossing, RunState } from './state.js';
import type { Act, ActFact, CrossingFact, Fact } from './timeline.js';

type TrackPhase = 'called' | 'staged' | 'ready' | 'running' | 'paused' | 'over';

/** What stands outside the timeline: a marshal's judgement on single crossings and laps, and time that was added. */
export interface Judgement {
  readonly ignored: ReadonlySet<number>;
  readonly edits: ReadonlyMap<number, LapEdit>;
  readonly addedTime: Micros;
}

/**
 * One run, derived from its facts in the order in which they happened. `step` takes the next; what it meant depends on
 * nothing but the facts before it, so that a late or corrected fact is answered by deriving the run again.
 */
export class RunFold {
  phase: TrackPhase = 'called';
  car: CarId | null = null;
  model: Sha256 | null = null;
  declared = false;
  countdown: Stamp | null = null;
  rolling = false;
  startedAt: Stamp | null = null;
  elapsed = 0 as Micros;
  since: Stamp | null = null;
  lastLap = false;
  pausedBy: RunState['pausedBy'] = null;
  overBy: RunState['overBy'] = null;
  overAt: Stamp | null = null;
  interrupted = false;
  readonly laps: Laps;
  readonly crossings: RunCrossing[] = [];
  /** Sequence numbers of acts that found nothing to do. */
  readonly idle: number[] = [];
  pausedAt: Stamp | null = null;
  readonly #rules: RaceRules;
  readonly #judgement: Judgement;
  #now: Micros | null = null;
  #boot = -1;

  /** `splits`: how many of them the course has. */
  constructor(rules: RaceRules, splits: number, judgement: Judgement) {
    this.#rules = rules;
    this.laps = new Laps(rules, splits, judgement.edits);
    this.#judgement = judgement;
  }

  get limit(): Micros | null {
    return this.#rules.timeLimit === null ? null : ((this.#rules.timeLimit + this.#judgement.addedTime) as Micros);
  }

  /** When the clock will reach the limit, where it runs and may. */
  get deadline(): Stamp | null {
    const due = this.#due;
    return due === null || this.since === null ? null : { bootId: this.since.bootId, at: due };
  }

  get #due(): Micros | null {
    const { limit, since } = this;
    if (limit === null || since === null || this.lastLap || this.phase === 'over') return null;
    return (since.at + limit - this.elapsed) as Micros;
  }

  step(fact: Fact): void {
    if (this.#boot !== fact.boot) this.#newClock(fact);
    const due = this.#due;
    // What happens at the very deadline still counts; only the passing of time itself does not.
    if (due !== null && (fact.at > due || (fact.at === due && fact.kind === 'act' && fact.act.act === 'time-expired')))
      this.#expire({ bootId: fact.bootId, at: due });
    this.#now = fact.at;
    if (fact.kind === 'crossing') this.crossings.push(crossingRow(fact, this.#cross(fact)));
    else if (!this.#act(fact, fact.act)) this.idle.push(fact.seq);
  }

  /** The first fact in a new life of the controller's clock: what lies between is unknown, and not counted. */
  #newClock(fact: Fact): void {
    const first = this.#boot === -1;
    this.#boot = fact.boot;
    if (first) return;
    this.interrupted = true;
    const restart: Stamp = { bootId: fact.bootId, at: fact.at };
    if (this.since !== null) {
      this.elapsed = (this.elapsed + Math.max(0, (this.#now ?? this.since.at) - this.since.at)) as Micros;
      this.since = restart;
    }
    if (this.pausedAt !== null) this.laps.tally.paused = null;
  }

  #act(fact: ActFact, act: Act): boolean {
    const stamp: Stamp = { bootId: fact.bootId, at: fact.at };
    switch (act.act) {
      case 'staged':
        if (this.phase !== 'called' && this.phase !== 'staged') return false;
        this.phase = 'staged';
        this.car = act.car;
        this.model = act.model;
        return true;
      case 'ready':
        if (this.phase !== 'staged') return false;
        this.phase = 'ready';
        return true;
      case 'countdown':
        if (this.phase !== 'ready' || this.countdown !== null || this.rolling) return false;
        this.countdown = act.ends;
        return true;
      case 'rolling':
        if (this.phase !== 'ready' || this.rolling) return false;
        this.rolling = true;
        return true;
      case 'started':
        if (this.phase !== 'ready') return false;
        this.#start(stamp);
        if (this.#rules.firstLap === 'signal') this.laps.begin(signal(fact));
        return true;
      case 'paused':
        if (this.phase === 'ready' && (this.rolling || this.countdown !== null)) return this.#stand();
        if (this.phase !== 'running') return false;
        this.#pause(stamp, act.by, true);
        return true;
      case 'did-not-finish':
        if (this.phase !== 'running') return false;
        this.laps.giveUp('did-not-finish', this);
        if (this.lastLap) this.#over('time', stamp);
        else this.#pause(stamp, 'did-not-finish', true);
        return true;
      case 'technical-stop':
        if (this.phase !== 'running' && this.phase !== 'paused') return false;
        return this.#technicalStop(stamp, act);
      case 'resumed':
        if (this.phase !== 'paused') return false;
        this.#resume(stamp);
        return true;
      case 'reset':
      case 'off-track':
      case 'collision':
        return this.#incident(act.act, stamp);
      case 'time-expired':
        return this.phase === 'over' || this.lastLap;
      case 'clock-restarted':
        return true;
      case 'finished':
        if (this.phase === 'over' || this.phase === 'called' || this.phase === 'staged') return false;
        this.#over('finish', stamp);
        return true;
    }
  }

  #start(stamp: Stamp): void {
    this.phase = 'running';
    this.rolling = false;
    this.countdown = null;
    this.startedAt = stamp;
    this.since = stamp;
  }

  /** A start that is called back before the clock ran. */
  #stand(): boolean {
    this.rolling = false;
    this.countdown = null;
    return true;
  }

  #stopClock(stamp: Stamp): void {
    if (this.since === null) return;
    this.elapsed = (this.elapsed + Math.max(0, stamp.at - this.since.at)) as Micros;
    this.since = null;
  }

  #pause(stamp: Stamp, by: NonNullable<RunState['pausedBy']>, freezes: boolean): void {
    if (freezes) this.#stopClock(stamp);
    this.phase = 'paused';
    this.pausedBy = by;
    this.pausedAt = stamp;
  }

  #resume(stamp: Stamp): void {
    const from = this.pausedAt;
    if (from !== null && this.laps.open !== null) {
      const { tally } = this.laps;
      tally.pauses += 1;
      if (tally.paused !== null)
        tally.paused = from.bootId === stamp.bootId ? ((tally.paused + stamp.at - from.at) as Micros) : null;
    }
    this.pausedAt = null;
    this.since ??= stamp;
    this.phase = 'running';
    this.pausedBy = null;
  }

  #technicalStop(stamp: Stamp, act: Act & { act: 'technical-stop' }): boolean {
    this.laps.giveUp('technical-stop', this);
    this.car = act.car ?? this.car;
    this.model = act.model ?? this.model;
    if (this.lastLap) this.#over('time', stamp);
    else if (this.phase === 'paused') this.pausedBy = 'technical-stop';
    else this.#pause(stamp, 'technical-stop', this.#rules.technicalStop.freezesClock);
    if (act.declared) this.declared = true;
    return true;
  }

  #incident(kind: 'reset' | 'off-track' | 'collision', stamp: Stamp): boolean {
    if (this.phase !== 'running' && this.phase !== 'paused') return false;
    if (kind === 'off-track') this.laps.tally.offTracks += 1;
    else if (kind === 'collision') this.laps.tally.collisions += 1;
    else {
      this.laps.tally.resets += 1;
      if (this.#rules.resets.where === 'start-line') {
        this.laps.giveUp('reset', this);
        if (this.lastLap) this.#over('time', stamp);
      }
    }
    return true;
  }

  #expire(deadline: Stamp): void {
    if (this.#rules.graceLap && this.laps.open !== null) this.lastLap = true;
    else this.#over('time', deadline);
  }

  #over(by: NonNullable<RunState['overBy']>, stamp: Stamp): void {
    this.#stopClock(stamp);
    this.phase = 'over';
    this.overBy = by;
    this.overAt = stamp;
    this.laps.stop();
    this.countdown = null;
    this.rolling = false;
    this.pausedBy = null;
  }

  #cross(fact: CrossingFact): CrossingUse {
    if (this.#judgement.ignored.has(fact.seq)) return 'ignored';
    if (this.phase === 'over') return 'after-end';
    if (this.phase === 'ready' && this.rolling && beginsLap(fact)) this.#start({ bootId: fact.bootId, at: fact.at });
    if (this.phase === 'paused') return 'while-paused';
    if (this.phase !== 'running') return 'before-start';
    const use = this.laps.cross(fact, this);
    if (use === 'closes') this.#lapEnded({ bootId: fact.bootId, at: fact.at });
    return use;
  }

  #lapEnded(stamp: Stamp): void {
    const limit = this.#rules.lapLimit;
    if (this.lastLap) this.#over('time', stamp);
    else if (limit !== null && this.laps.finished >= limit) this.#over('laps', stamp);
  }
}

const beginsLap = ({ spot }: CrossingFact): boolean => typeof spot !== 'number' && spot !== 'finish';

/** How a crossing is shown. */
export function crossingRow(fact: CrossingFact, use: CrossingUse): RunCrossing {
  const { seen } = fact;
  return {
    seq: fact.seq,
    gate: seen === null ? null : seen.crossing.gate,
    at: { bootId: fact.bootId, at: fact.at },
    uncertainty: fact.bound,
    added: seen === null,
    use,
  };
}

/** The start signal, where the first lap is timed from it. */
function signal(fact: ActFact): CrossingFact {
  const { seq, boot, at } = fact;
  return { kind: 'crossing', seq, boot, bootId: fact.bootId, at, bound: 0 as Micros, seen: null, spot: 'signal' };
}
