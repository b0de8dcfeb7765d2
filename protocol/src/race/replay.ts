import type { EpochMs } from '../brand.js';
import { PitwallError } from '../errors.js';
import { apply } from './apply.js';
import type { ReadAs } from './corrections.js';
import type { Draft } from './draft.js';
import type { LogRecord, RaceEventOf, RaceSetup, Stamp } from './events.js';
import { finalsOf } from './finals.js';
import { waits } from './queue.js';
import { draftFrom, type ReplaySnapshot, snapshotOf } from './snapshot.js';
import { standingsOf } from './standings.js';
import type { Lap, Protest, RaceState, RunState } from './state.js';

/** Which records count as if they had never been. An undo that was undone itself does nothing. */
export function undoneIn(records: readonly LogRecord[]): Set<number> {
  const undone = new Set<number>();
  for (let index = records.length - 1; index >= 0; index -= 1) {
    const { seq, event } = records[index] as LogRecord;
    if (event.type === 'undone' && !undone.has(seq)) undone.add(event.target);
  }
  return undone;
}

function begin(first: LogRecord, reopened: ReadonlySet<string>): Draft {
  if (first.event.type !== 'created' || first.seq !== 1)
    throw new PitwallError(
      'log-invalid',
      `The log of race ${first.race} does not begin with its creation; get it whole.`,
    );
  return {
    race: first.race,
    version: first.event.logVersion ?? 1,
    seq: 0,
    phase: 'draft',
    setup: first.event.setup,
    rulesHash: null,
    bootId: first.at.bootId,
    boots: [],
    entries: [],
    entriesClosed: false,
    here: null,
    queue: [],
    runs: [],
    byId: new Map(),
    earlier: { runs: new Set(), unjudged: false },
    reopened,
    crossings: [],
    seeds: null,
    protests: [],
    protestsUntil: null,
    protestTimeEnded: false,
    eStopTests: [],
    idle: [],
  };
}

/**
 * A race as its log tells it: takes records as they come and answers what follows from all of them. No clock, no I/O: the
 * same records give the same state everywhere. Records must come in order, without a gap.
 */
export class RaceReplay {
  #records: LogRecord[] = [];
  #undone = new Set<number>();
  #reopened = new Set<string>();
  #draft: Draft | undefined;
  #state: RaceState | undefined;
  /** Its records come after this, until {@link RaceReplay.join}. */
  #snapshot: ReplaySnapshot | undefined;

  constructor(records: readonly LogRecord[] = []) {
    this.append(records);
  }

  /** Goes on from a snapshot: all but `records`, `state`, `idle` and what is asked of runs before it, until the older part joins. */
  static from(snapshot: ReplaySnapshot): RaceReplay {
    const replay = new RaceReplay();
    replay.#snapshot = snapshot;
    return replay;
  }

  /** Whether all records are here, from the first. */
  get isWhole(): boolean {
    return this.#snapshot === undefined;
  }

  get records(): readonly LogRecord[] {
    this.#demandWhole();
    return this.#records;
  }

  /** The records that are here: all, or those since the snapshot. */
  get tail(): readonly LogRecord[] {
    return this.#records;
  }

  /** Records after `seq`; not further back than the snapshot. */
  after(seq: number): LogRecord[] {
    const from = seq - this.#behind;
    if (from < 0) this.#demandWhole();
    return this.#records.slice(from);
  }

  /** The version: the last record's sequence number; 0 before the first. */
  get seq(): number {
    return this.#behind + this.#records.length;
  }

  get last(): LogRecord | undefined {
    return this.#records.at(-1) ?? this.#snapshot?.last;
  }

  get #behind(): number {
    return this.#snapshot?.seq ?? 0;
  }

  #demandWhole(): void {
    if (!this.isWhole)
      throw new Error('The older part of this log is not here yet: a defect, whoever asks has to wait for it.');
  }

  /** What the log comes to, to go on from later; undefined while a run has the track, or without a record. */
  snapshot(): ReplaySnapshot | undefined {
    const { last } = this;
    if (last === undefined || this.current !== undefined) return undefined;
    return snapshotOf(this.#folded(), last);
  }

  /** The same log from its first record, replayed by another, becomes this one's. */
  join(whole: RaceReplay): void {
    whole.#demandWhole();
    if (whole.seq !== this.seq) throw new Error(`A log of ${whole.seq} records is not the same as one of ${this.seq}.`);
    this.#records = whole.#records;
    this.#undone = whole.#undone;
    this.#reopened = whole.#reopened;
    this.#draft = whole.#draft;
    this.#state = undefined;
    this.#snapshot = undefined;
  }

  /** @throws PitwallError `log-invalid` where a record does not follow the last one. */
  append(records: readonly LogRecord[]): void {
    if (records.length === 0) return;
    this.#state = undefined;
    let undoes = false;
    let again = false;
    for (const record of records) {
      const { seq, race, event } = record;
      if (seq !== this.seq + 1)
        throw new PitwallError('log-invalid', `Record ${seq} of race ${race} does not follow record ${this.seq}.`);
      if (seq === 1) this.#draft = begin(record, this.#reopened);
      this.#records.push(record);
      if (event.type === 'undone') undoes = true;
      if (event.type === 'reopened' && !this.#reopened.has(event.runId)) {
        this.#reopened.add(event.runId);
        again = true;
      }
      // What goes back behind the last record is derived again from the first, when somebody asks.
      if (!undoes && !again && this.#draft !== undefined) this.#take(this.#draft, record);
    }
    if (undoes) this.#undone = undoneIn(this.#records);
    if (undoes || again) this.#draft = undefined;
  }

  /** The same records without the names that were in them. */
  rename(records: readonly LogRecord[]): void {
    this.#demandWhole();
    for (const record of records) this.#records[record.seq - 1] = record;
    this.#draft = undefined;
    this.#state = undefined;
  }

  /** Forgets the records after `seq`, which turned out not to be on disk. */
  truncate(seq: number): void {
    this.#records.length = Math.min(seq - this.#behind, this.#records.length);
    this.#undone = undoneIn(this.#records);
    this.#draft = undefined;
    this.#state = undefined;
  }

  get setup(): RaceSetup {
    return this.#folded().setup;
  }

  get phase(): RaceState['phase'] {
    return this.#folded().phase;
  }

  /** Deadlines of people: open protests, and until when more may be filed (null: not yet known, or over). */
  get judgement(): { readonly open: readonly Protest[]; readonly protestsUntil: EpochMs | null } {
    const { protests, protestsUntil, protestTimeEnded } = this.#folded();
    return {
      open: protests.filter(({ outcome }) => outcome === 'open'),
      protestsUntil: protestTimeEnded ? null : protestsUntil,
    };
  }

  /** The run that has the track. */
  get current(): RunState | undefined {
    return this.#folded().runs.findLast((run) => run.isCurrent)?.state;
  }

  run(runId: string): RunState | undefined {
    return this.#folded().byId.get(runId)?.state;
  }

  /** The laps of a run if somebody read these crossings so. */
  lapsIf(runId: string, readings: readonly { readonly crossing: number; readonly as: ReadAs }[]): Lap[] | null {
    return this.#folded().byId.get(runId)?.lapsIf(readings) ?? null;
  }

  /** Since when the car of a run stands, by the log: its end, or the pause that lasts. */
  stoodSince(runId: string): Stamp | null {
    const fold = this.#folded().byId.get(runId)?.fold;
    if (fold === undefined) return null;
    return fold.phase === 'over' ? fold.overAt : fold.pausedAt;
  }

  /** The run that a crossing (or one that was added) went to, by its record. */
  runOfCrossing(seq: number): RunState | undefined {
    return this.#folded().crossings[seq]?.state;
  }

  /** Records that found nothing to do where they stand, such as a resume after its pause was undone. */
  get idle(): ReadonlySet<number> {
    this.#demandWhole();
    const draft = this.#folded();
    return new Set([...draft.idle, ...draft.runs.flatMap((run) => run.fold.idle)]);
  }

  /** @throws PitwallError `log-invalid` where there is no record yet. */
  get state(): RaceState {
    this.#demandWhole();
    this.#state ??= this.#derive();
    return this.#state;
  }

  #folded(): Draft {
    if (this.#draft !== undefined) return this.#draft;
    const draft = this.#begin();
    for (const record of this.#records) this.#take(draft, record);
    this.#draft = draft;
    return draft;
  }

  #begin(): Draft {
    if (this.#snapshot !== undefined) return draftFrom(this.#snapshot, this.#reopened);
    const [first] = this.#records;
    if (first === undefined) throw new PitwallError('log-invalid', 'A log without a record tells of no race.');
    return begin(first, this.#reopened);
  }

  #take(draft: Draft, record: LogRecord): void {
    if (this.#undone.size === 0 || !this.#undone.has(record.seq)) apply(draft, record);
    draft.seq = record.seq;
  }

  #derive(): RaceState {
    const draft = this.#folded();
    // Results that were sent stay sent, whatever was undone since.
    const sent = sentIn(this.#records, this.#undone);
    const runs = draft.runs.map(({ state }) => {
      const revision = sent.get(state.runId) ?? state.revision;
      return revision === state.revision ? state : { ...state, revision };
    });
    return {
      race: draft.race,
      logVersion: draft.version,
      seq: draft.seq,
      phase: draft.phase,
      setup: draft.setup,
      rulesHash: draft.rulesHash,
      bootId: draft.bootId,
      entries: [...draft.entries],
      entriesClosed: draft.entriesClosed,
      queue: waits(draft),
      here: draft.here === null ? null : [...draft.here],
      runs,
      current: draft.runs.findLast((run) => run.isCurrent)?.identity.runId ?? null,
      standings: standingsOf(draft.entries, runs, 'qualifying'),
      finals: draft.seeds === null ? null : finalsOf(draft.seeds, draft.setup.rules, draft.entries, runs),
      protests: [...draft.protests],
      protestsUntil: draft.protestsUntil,
      protestTimeEnded: draft.protestTimeEnded,
      eStopTests: [...draft.eStopTests],
      undone: [...this.#undone].sort((a, b) => a - b),
    };
  }
}

/** The highest revision sent of each run whose confirmation or discard was undone. */
function sentIn(records: readonly LogRecord[], undone: ReadonlySet<number>): Map<string, number> {
  const sent = new Map<string, number>();
  for (const seq of undone) {
    const event = records[seq - 1]?.event;
    if (event?.type !== 'confirmed' && event?.type !== 'discarded') continue;
    const { runId, revision } = event as RaceEventOf<'confirmed' | 'discarded'>;
    sent.set(runId, Math.max(sent.get(runId) ?? 0, revision));
  }
  return sent;
}

/** The state of the race that a whole log tells. */
export function reduce(records: readonly LogRecord[]): RaceState {
  return new RaceReplay(records).state;
}
