import type { BootId, CarId, Micros, Sha256 } from '../brand.js';
import type { Stamp } from './events.js';
import { type LapEdit, lapOf, noTally, type Tally } from './lap-book.js';
import { isSamePassage, measure, type Passage } from './measure.js';
import type { RaceRules } from './rules.js';
import type { CrossingUse, Lap, RunState } from './state.js';
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
  readonly laps: Lap[] = [];
  readonly crossings: CrossingFact[] = [];
  /** What became of each of them. */
  readonly uses: CrossingUse[] = [];
  /** Sequence numbers of acts that found nothing to do. */
  readonly idle: number[] = [];
  open: Passage | null = null;
  tally: Tally = noTally();
  pausedAt: Stamp | null = null;
  readonly #rules: RaceRules;
  readonly #judgement: Judgement;
  #passage: CrossingFact[] | null = null;
  #now: Micros | null = null;
  #boot = -1;
  #finished = 0;

  constructor(rules: RaceRules, judgement: Judgement) {
    this.#rules = rules;
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
    if (fact.kind === 'crossing') {
      this.crossings.push(fact);
      this.uses.push(this.#cross(fact));
    } else if (!this.#act(fact, fact.act)) this.idle.push(fact.seq);
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
    if (this.pausedAt !== null) this.tally.paused = null;
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
        if (this.#rules.firstLap === 'signal') this.open = [signal(fact)];
        return true;
      case 'paused':
        if (this.phase === 'ready' && (this.rolling || this.countdown !== null)) return this.#stand();
        if (this.phase !== 'running') return false;
        this.#pause(stamp, act.by, true);
        return true;
      case 'did-not-finish':
        if (this.phase !== 'running') return false;
        this.#giveUp('did-not-finish');
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
    if (from !== null && this.open !== null) {
      this.tally.pauses += 1;
      if (this.tally.paused !== null)
        this.tally.paused = from.bootId === stamp.bootId ? ((this.tally.paused + stamp.at - from.at) as Micros) : null;
    }
    this.pausedAt = null;
    this.since ??= stamp;
    this.phase = 'running';
    this.pausedBy = null;
  }

  #technicalStop(stamp: Stamp, act: Act & { act: 'technical-stop' }): boolean {
    this.#giveUp('technical-stop');
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
    if (kind === 'off-track') this.tally.offTracks += 1;
    else if (kind === 'collision') this.tally.collisions += 1;
    else {
      this.tally.resets += 1;
      if (this.#rules.resets.where === 'start-line') {
        this.#giveUp('reset');
        if (this.lastLap) this.#over('time', stamp);
      }
    }
    return true;
  }

  #expire(deadline: Stamp): void {
    if (this.#rules.graceLap && this.open !== null) this.lastLap = true;
    else this.#over('time', deadline);
  }

  #over(by: NonNullable<RunState['overBy']>, stamp: Stamp): void {
    this.#stopClock(stamp);
    this.phase = 'over';
    this.overBy = by;
    this.overAt = stamp;
    this.open = null;
    this.#passage = null;
    this.countdown = null;
    this.rolling = false;
    this.pausedBy = null;
  }

  #cross(fact: CrossingFact): CrossingUse {
    if (this.#judgement.ignored.has(fact.seq)) return 'ignored';
    if (this.phase === 'over') return 'after-end';
    if (this.phase === 'ready' && this.rolling) this.#start({ bootId: fact.bootId, at: fact.at });
    if (this.phase === 'paused') return 'while-paused';
    if (this.phase !== 'running') return 'before-start';
    const first = this.#passage?.[0];
    if (first !== undefined && isSamePassage(first, fact, this.#rules.holdoff)) {
      this.#passage?.push(fact);
      return 'same-passage';
    }
    const passage: [CrossingFact, ...CrossingFact[]] = [fact];
    const from = this.open;
    this.#passage = passage;
    this.open = passage;
    if (from === null) {
      this.tally = noTally();
      return 'opens';
    }
    this.#close(from, passage);
    return 'closes';
  }

  #close(from: Passage, to: Passage): void {
    const { seq, bootId, at } = to[0];
    this.#book('crossing', seq, measure(from, to));
    this.#finished += 1;
    const limit = this.#rules.lapLimit;
    if (this.lastLap) this.#over('time', { bootId, at });
    else if (limit !== null && this.#finished >= limit) this.#over('laps', { bootId, at });
  }

  #giveUp(ended: Exclude<Lap['ended'], 'crossing'>): void {
    if (this.open === null) return;
    this.#book(ended, null, null);
    this.open = null;
  }

  #book(ended: Lap['ended'], crossing: number | null, measured: ReturnType<typeof measure> | null): void {
    this.laps.push(
      lapOf(
        {
          number: this.laps.length + 1,
          ended,
          crossing,
          measured,
          tally: this.tally,
          car: this.car,
          model: this.model,
          edit: crossing === null ? undefined : this.#judgement.edits.get(crossing),
        },
        this.#rules,
      ),
    );
    this.tally = noTally();
  }
}

/** The start signal, where the first lap is timed from it. */
function signal(fact: ActFact): CrossingFact {
  const { seq, boot, at } = fact;
  return { kind: 'crossing', seq, boot, bootId: fact.bootId as BootId, at, bound: 0 as Micros, seen: null };
}
