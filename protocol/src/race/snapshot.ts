import type { Draft } from './draft.js';
import type { LogRecord } from './events.js';

/**
 * What a log comes to, at a moment at which no run has the track, without the runs that were before: enough to go on from
 * there, and nothing that a later record could not be told by. It is a plain value, and the same log gives the same one.
 */
export interface ReplaySnapshot extends Omit<Draft, 'runs' | 'byId' | 'reopened' | 'crossings' | 'earlier'> {
  readonly last: LogRecord;
  /** The ids of all runs until then. */
  readonly runs: readonly string[];
  /** Whether one of them, a practice, was never judged, so that crossings that come later may still be counted in it. */
  readonly unjudged: boolean;
}

/** Lists that go on growing are each their own. */
function copyOf<T extends Omit<ReplaySnapshot, 'last' | 'runs' | 'unjudged'>>(plain: T): T {
  const { boots, entries, queue, here, protests, eStopTests, idle } = plain;
  return {
    ...plain,
    boots: [...boots],
    entries: [...entries],
    queue: [...queue],
    here: here === null ? null : [...here],
    protests: [...protests],
    eStopTests: [...eStopTests],
    idle: [...idle],
  };
}

export function snapshotOf(
  { runs, byId, reopened, crossings, earlier, ...plain }: Draft,
  last: LogRecord,
): ReplaySnapshot {
  const unjudged = earlier.unjudged || runs.some(({ judged }) => judged === null);
  return { ...copyOf(plain), last, unjudged, runs: [...earlier.runs, ...runs.map(({ identity }) => identity.runId)] };
}

/** A draft to go on with; the snapshot stays as it is. */
export function draftFrom({ last: _, runs, unjudged, ...plain }: ReplaySnapshot, reopened: ReadonlySet<string>): Draft {
  return {
    ...copyOf(plain),
    runs: [],
    byId: new Map(),
    reopened,
    crossings: [],
    earlier: { runs: new Set(runs), unjudged },
  };
}

/** Whether these records say something of a run or a record before the snapshot: they want the whole log. */
export function reachesBehind({ seq, runs, unjudged }: ReplaySnapshot, records: readonly LogRecord[]): boolean {
  const earlier = new Set(runs);
  return records.some(({ event }) => {
    if (event.type === 'undone') return event.target <= seq;
    if (event.type === 'crossing-ignored') return event.crossing <= seq || unjudged;
    // A protest is the race's, whichever run it is about.
    if (event.type === 'protest-filed' || !('runId' in event) || event.runId === null) return false;
    return earlier.has(event.runId);
  });
}
