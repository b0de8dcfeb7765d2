import type { CarId, Micros, Sha256 } from '../brand.js';
import type { Corrections } from './corrections.js';
import type { Stamp } from './events.js';
import type { LapReading, Moment } from './lap-reading.js';
import { Laps } from './reading/index.js';
import { LapsOfVersion1 } from './reading-1/index.js';
import type { RunRules } from './run-rules.js';
import type { CrossingUse, RunCrossing, RunState } from './state.js';
import type { Act, ActFact, CrossingFact, Fact, PaperLap } from './timeline.js';

interface Place {
  readonly boot: number;
  readonly at: Micros;
}

type TrackPhase = 'called' | 'staged' | 'ready' | 'running' | 'paused' | 'over';

/**
 * One run, derived from its facts in the order in which they happened. `step` takes the next; what it meant depends on
 * nothing but the facts before it, so that a late or corrected fact is answered by deriving the run again.
 */
export class RunFold implements Moment {
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
  readonly laps: LapReading;
  /** Percent. */
  speed: number;
  /** What its crew leaves of the car's throttle, percent; undefined while nobody knows. */
  scale: number | undefined;
  /** Typed from a stopwatch; they stand instead of what was timed. */
  paper: readonly PaperLap[] | null = null;
  readonly crossings: RunCrossing[] = [];
  /** Sequence numbers of acts that found nothing to do. */
  readonly idle: number[] = [];
  pausedAt: Stamp | null = null;
  readonly #version: 1 | 2;
  readonly #rules: RunRules;
  readonly #corrections: Corrections;
  #now: Micros | null = null;
  #boot = -1;
  /** Since when the run is paused; null where it is not, or that clock is gone. */
  pausedSince: Place | null = null;
  /** Since when the car is known to stand. */
  standsSince: Place | null = null;
  startedByCrossing = false;
  /** The crossing that ended its last lap ended it: what is noted now happened in that lap. */
  #endedByLap = false;

  constructor(version: 1 | 2, rules: RunRules, corrections: Corrections) {
    this.#version = version;
    this.#rules = rules;
    this.#corrections = corrections;
    this.speed = rules.speed?.max ?? 100;
    this.laps =
      version === 1 ? new LapsOfVersion1(rules, rules.splits, corrections.edits) : new Laps(rules, corrections);
  }

  get limit(): Micros | null {
    return this.#rules.timeLimit === null ? null : ((this.#rules.timeLimit + this.#corrections.addedTime) as Micros);
  }

  /** When the clock will reach the limit, where it runs and may. */
  get deadline(): Stamp | null {
    const due = this.#due;
    return due === null || this.since === null ? null : { bootId: this.since.bootId, at: due };
  }

  get #due(): Micros | null {
    const { limit, since } = this;
    if (limit === null || since === null || this.phase === 'over') return null;
    const due = (since.at + limit - this.elapsed) as Micros;
    if (!this.lastLap) return due;
    return this.#version === 1 ? null : this.#graceEnds(since, due);
  }

  /** The grace lap ends without a time when it is longer than a lap can be. */
  #graceEnds(since: Stamp, due: Micros): Micros | null {
    const { opened, tally } = this.laps;
    if (opened === null || opened.bootId !== since.bootId || tally.paused === null) return null;
    return Math.max(due, opened.at + this.#rules.plausible.max + tally.paused) as Micros;
  }

  step(fact: Fact): void {
    if (this.#boot !== fact.boot) this.#newClock(fact);
    const due = this.#due;
    // What happens at the very deadline still counts; only the passing of time itself does not.
    const passed = (at: Micros) =>
      fact.at > at || (fact.at === at && fact.kind === 'act' && fact.act.act === 'time-expired');
    if (due !== null && passed(due)) {
      this.#expire({ bootId: fact.bootId, at: due });
      const graceEnds = this.#due;
      if (graceEnds !== null && fact.at > graceEnds) this.#expire({ bootId: fact.bootId, at: graceEnds });
    }
    this.#now = fact.at;
    if (fact.kind === 'crossing') this.#cross(fact);
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
    this.pausedSince = null;
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
        this.laps.begin(signal(fact));
        return true;
      case 'paused':
        if (this.phase === 'ready' && (this.rolling || this.countdown !== null)) return this.#stand();
        if (this.phase !== 'running') return false;
        this.#pause(fact, act.by, true);
        return true;
      case 'did-not-finish':
        if (this.phase !== 'running') return false;
        this.laps.giveUp('did-not-finish', this);
        if (this.lastLap) this.#over('time', stamp);
        else this.#pause(fact, 'did-not-finish', true);
        return true;
      case 'technical-stop':
        if (this.phase !== 'running' && this.phase !== 'paused') return false;
        return this.#technicalStop(fact, act);
      case 'resumed':
        if (this.phase !== 'paused') return false;
        this.#resume(stamp);
        return true;
      case 'reset':
      case 'off-track':
      case 'collision':
        return this.#incident(act.act, fact);
      case 'time-expired':
        return this.phase === 'over' || this.lastLap;
      case 'clock-restarted':
        return true;
      case 'car-state':
        this.scale = act.scale ?? this.scale;
        return this.#carState(fact, act.driving);
      case 'speed':
        this.speed = act.percent;
        return true;
      case 'paper':
        this.paper = act.laps;
        if (this.phase !== 'over') this.#over('finish', stamp);
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

  #pause({ boot, bootId, at }: ActFact, by: NonNullable<RunState['pausedBy']>, freezes: boolean): void {
    const stamp: Stamp = { bootId, at };
    if (freezes) this.#stopClock(stamp);
    this.phase = 'paused';
    this.pausedBy = by;
    this.pausedAt = stamp;
    this.pausedSince = { boot, at };
  }

  #resume(stamp: Stamp): void {
    const from = this.pausedAt;
    if (from !== null && this.laps.opened !== null) {
      const { tally } = this.laps;
      tally.pauses += 1;
      if (tally.paused !== null)
        tally.paused = from.bootId === stamp.bootId ? ((tally.paused + stamp.at - from.at) as Micros) : null;
    }
    this.pausedAt = null;
    this.pausedSince = null;
    this.since ??= stamp;
    this.phase = 'running';
    this.pausedBy = null;
  }

  #technicalStop(fact: ActFact, act: Act & { act: 'technical-stop' }): boolean {
    this.laps.giveUp('technical-stop', this);
    this.car = act.car ?? this.car;
    this.model = act.model ?? this.model;
    if (this.lastLap) this.#over('time', fact);
    else if (this.phase === 'paused') this.pausedBy = 'technical-stop';
    else this.#pause(fact, 'technical-stop', this.#rules.technicalStop.freezesClock);
    if (act.declared) this.declared = true;
    return true;
  }

  #incident(kind: 'reset' | 'off-track' | 'collision', fact: ActFact): boolean {
    const afterEnd = this.phase === 'over' && this.#endedByLap;
    if (this.phase !== 'running' && this.phase !== 'paused' && !afterEnd) return false;
    const { tallyBefore } = this.laps;
    const moved = tallyBefore !== null && (afterEnd || this.#corrections.moved.has(fact.seq));
    const tally = moved ? tallyBefore : this.laps.tally;
    if (kind === 'off-track') tally.offTracks += 1;
    else if (kind === 'collision') tally.collisions += 1;
    else {
      tally.resets += 1;
      tally.handled = [...(tally.handled ?? []), { boot: fact.boot, at: fact.at }];
      if (this.#rules.resets.where === 'start-line' && !moved) {
        this.laps.giveUp('reset', this);
        if (this.lastLap) this.#over('time', fact);
      }
    }
    return true;
  }

  /** What the car itself says. A lap in which it stood is no clean one. */
  #carState({ boot, at }: ActFact, driving: boolean | null): boolean {
    if (driving !== false) this.standsSince = null;
    else if (this.standsSince === null) {
      this.standsSince = { boot, at };
      if (this.phase === 'running') this.laps.tally.stops += 1;
    }
    return true;
  }

  #expire(deadline: Stamp): void {
    if (this.lastLap) this.#over('time', deadline);
    else if (this.#rules.graceLap && this.laps.opened !== null) {
      this.lastLap = true;
    } else this.#over('time', deadline);
  }

  #over(by: NonNullable<RunState['overBy']>, { bootId, at }: Stamp): void {
    const stamp: Stamp = { bootId, at };
    this.#stopClock(stamp);
    this.phase = 'over';
    this.overBy = by;
    this.overAt = stamp;
    this.laps.stop();
    this.countdown = null;
    this.rolling = false;
    this.pausedBy = null;
  }

  #cross(fact: CrossingFact): void {
    const { crossings, laps } = this;
    if (this.#corrections.ignored.has(fact.seq)) {
      crossings.push(crossingRow(fact, 'ignored'));
      return;
    }
    const seen = laps.see(fact, this);
    if (seen.relabels !== undefined) {
      const { seq, use } = seen.relabels;
      const index = crossings.findLastIndex((row) => row.seq === seq);
      if (index !== -1) crossings[index] = { ...(crossings[index] as RunCrossing), use };
    }
    crossings.push(crossingRow(fact, seen.use));
    if (seen.starts !== true && seen.closes !== true) return;
    const stamp: Stamp = { bootId: fact.bootId, at: fact.at };
    if (seen.starts === true) {
      this.elapsed = 0 as Micros;
      this.#start(stamp);
      this.startedByCrossing = true;
    }
    // What is left of the pause is part of the lap that the crossing began.
    if (seen.splitsPause === true && this.pausedAt !== null) this.pausedAt = stamp;
    if (seen.closes === true) this.#lapEnded(stamp);
  }

  /** A countdown runs. */
  get counting(): boolean {
    return this.countdown !== null;
  }

  get driver(): this {
    return this;
  }

  /** A lap in doubt, or one that somebody said is none, ends no run. */
  #lapEnded(stamp: Stamp): void {
    const limit = this.#rules.lapLimit;
    if (!this.lastLap && limit === null) return;
    if (this.#version !== 1) {
      const last = this.laps.ended.at(-1);
      if (last === undefined || last.doubt !== null || (last.decided !== null && !last.valid)) return;
    }
    if (this.lastLap) this.#over('time', stamp);
    else if (limit !== null && this.laps.finished >= limit) this.#over('laps', stamp);
    this.#endedByLap = this.phase === 'over' && this.#version !== 1;
  }
}

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
