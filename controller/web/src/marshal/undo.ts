import type { LogRecord, RaceEventType, RaceState } from '@pitwall/protocol/race';

/** What a marshal may take back; the desk refuses the rest, and says why. */
const undoable: ReadonlySet<RaceEventType> = new Set([
  'entered',
  'entry-withdrawn',
  'queued',
  'skipped',
  'unqueued',
  'run-called',
  'run-staged',
  'run-ready',
  'countdown-started',
  'run-started',
  'paused',
  'resumed',
  'incident',
  'did-not-finish',
  'technical-stop',
  'time-added',
  'finished',
  'confirmed',
  'discarded',
  'reopened',
  'rerun-granted',
  'practice-started',
  'crossing-added',
  'crossing-ignored',
  'lap-edited',
  'crossings-read',
  'lap-split',
  'incident-moved',
  'laps-from-paper',
  'finals-drawn',
]);

const counts = (state: RaceState, { seq }: LogRecord): boolean => !state.undone.includes(seq);

export const mayUndo = (state: RaceState, record: LogRecord): boolean =>
  undoable.has(record.event.type) && counts(state, record);

/** The latest record that can be taken back. */
export const lastUndoable = (state: RaceState, records: readonly LogRecord[]): LogRecord | undefined =>
  records.findLast((record) => mayUndo(state, record));

/** The undo that was given last, where nothing was done since: taking it back brings back what it took. */
export function lastUndo(state: RaceState, records: readonly LogRecord[]): LogRecord | undefined {
  const last = records.findLast(
    (record) => (record.event.type === 'undone' || undoable.has(record.event.type)) && counts(state, record),
  );
  return last?.event.type === 'undone' ? last : undefined;
}

/** The latest reset that was counted in a run. */
export const lastReset = (state: RaceState, records: readonly LogRecord[], runId: string): LogRecord | undefined =>
  records.findLast(
    (record) =>
      record.event.type === 'incident' &&
      record.event.kind === 'reset' &&
      record.event.runId === runId &&
      counts(state, record),
  );
