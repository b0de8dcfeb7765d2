import { verifyChain } from '@pitwall/controller/race';
import { type LogRecord, reduce } from '@pitwall/protocol/race';
import type { Database } from './database.js';
import type { Reference } from './reference.js';

/** What of a day's log, of its laps and of the boards, by name, does not hold when nothing is under way, in words; undefined: all does. */
export function whatIsWrong(
  records: readonly LogRecord[],
  reference: Reference,
  boards: Readonly<Record<string, Database>>,
  excusesLostCommits: boolean,
): string | undefined {
  try {
    verifyChain(records);
  } catch (error) {
    return `the chain of the log is not whole: ${(error as Error).message}`;
  }
  const laps = reference.compare(reduce(records), records);
  if (laps !== undefined) return laps;
  for (const [name, database] of Object.entries(boards)) {
    const wrong = onBoard(name, database, records, excusesLostCommits);
    if (wrong !== undefined) return wrong;
  }
  const racers = new Set(records.flatMap(({ event }) => (event.type === 'entered' ? [event.entry.racer] : [])));
  const entered = records.filter(({ event }) => event.type === 'entered').length;
  return racers.size === entered ? undefined : `${entered} racers entered, and the race knows ${racers.size}`;
}

type Decided = Extract<LogRecord['event'], { type: 'confirmed' | 'discarded' }>;

interface Row {
  readonly result_id: string;
  readonly revision: number;
  readonly state: string;
  readonly body: string;
  readonly racer: string;
}

/** Each run that was confirmed is there once, as it was confirmed last, by the log up to that record. */
function onBoard(
  name: string,
  database: Database,
  records: readonly LogRecord[],
  excusesLostCommits: boolean,
): string | undefined {
  const last = new Map<string, { readonly seq: number; readonly event: Decided }>();
  for (const { seq, event } of records)
    if (event.type === 'confirmed' || (event.type === 'discarded' && event.revision > 0))
      last.set(event.runId, { seq, event });
  const rows = database.read<Row>('select result_id, revision, state, body, racer from leaderboard_results');
  if (rows.length !== last.size && !excusesLostCommits)
    return `${name} has ${rows.length} results, and ${last.size} runs were confirmed`;
  for (const [runId, { seq, event }] of last) {
    const row = rows.find(({ result_id }) => result_id === runId);
    if (row === undefined) return `${name} has no result of run ${runId}`;
    const wrong = excusesLostCommits ? undefined : inRow(row, event, records.slice(0, seq));
    if (wrong !== undefined) return `${name} has ${wrong}`;
  }
  return undefined;
}

function inRow(row: Row, { type, runId, revision }: Decided, records: readonly LogRecord[]): string | undefined {
  if (row.revision !== revision) return `revision ${row.revision} of a run that was confirmed as ${revision}`;
  if ((row.state === 'withdrawn') !== (type === 'discarded')) return `a result ${row.state} of a run that was ${type}`;
  if (type === 'discarded') return undefined;
  const run = reduce(records).runs.find((one) => one.runId === runId);
  const confirmed = (run?.laps ?? []).flatMap(({ measured, valid }) =>
    measured === null ? [] : [`${measured} ${valid}`],
  );
  const sent = lapsIn(row.body);
  if (confirmed.join() !== sent.join())
    return `laps ${sent.join()} of a run that was confirmed with ${confirmed.join()}`;
  return row.racer === run?.racer ? undefined : `a result of racer ${row.racer} that was driven by ${run?.racer}`;
}

function lapsIn(body: string): string[] {
  const text = body.startsWith('{') ? body : Buffer.from(body.split('.')[1] ?? '', 'base64url').toString('utf8');
  const { laps } = JSON.parse(text) as { laps: { time: number; valid: boolean }[] };
  return laps.map(({ time, valid }) => `${time} ${valid}`);
}
