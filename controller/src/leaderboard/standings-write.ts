import type { Result } from '@pitwall/protocol/api';
import { comparePlacings, type Placing } from '@pitwall/protocol/ranking';
import type { Kysely } from 'kysely';
import { resultIn } from './candidate.js';
import { isAmong, type Writing, writeRows } from './rows.js';
import type { Kind, LeaderboardTables, ResultRow, StandingRow } from './tables.js';

/** What happened to one racer's results of one kind in a transaction. */
interface Touched {
  readonly racer: string;
  readonly kind: Kind;
  /** New counted results; enough to know the best unless something was taken away. */
  readonly added: ResultRow[];
  /** A result was amended, withdrawn or moved: the best must be looked up. */
  taken: boolean;
}

/** Collects whose standing a transaction may have changed. */
export class Touches {
  readonly #touched = new Map<string, Touched>();
  /** What rows say where it is known, so that it need not be parsed again. */
  readonly #results = new WeakMap<ResultRow, Result>();

  added(row: ResultRow, result: Result): void {
    this.#results.set(row, result);
    if (row.state === 'counted') this.#of(row.racer, row.kind).added.push(row);
  }

  resultOf(row: ResultRow): Result {
    return this.#results.get(row) ?? resultIn(row.body);
  }

  taken(racer: string, kind: Kind): void {
    this.#of(racer, kind).taken = true;
  }

  all(): Touched[] {
    return [...this.#touched.values()];
  }

  #of(racer: string, kind: Kind): Touched {
    const key = `${kind} ${racer}`;
    const touched = this.#touched.get(key) ?? { racer, kind, added: [], taken: false };
    this.#touched.set(key, touched);
    return touched;
  }
}

const placingOf = (row: ResultRow | StandingRow): Placing | undefined =>
  row.score === null || row.result_id === null || row.finished_at === null
    ? undefined
    : { score: row.score, finishedAt: row.finished_at, resultId: row.result_id };

function better(row: ResultRow, than: ResultRow | StandingRow | undefined): boolean {
  const placing = placingOf(row);
  const other = than === undefined ? undefined : placingOf(than);
  if (placing === undefined) return false;
  return other === undefined || comparePlacings(placing, other) < 0;
}

function standing(
  row: ResultRow,
  { alias, country, division, laps, model, provenance }: Result,
): Omit<StandingRow, 'seq'> {
  const ranked = row.score !== null;
  return {
    board: row.board,
    racer: row.racer,
    kind: row.kind,
    present: 1,
    result_id: ranked ? row.result_id : null,
    alias,
    country: country ?? null,
    division: division ?? null,
    score: row.score,
    best_lap: row.best_lap,
    uncertainty: row.uncertainty,
    laps: ranked ? laps.length : null,
    finished_at: ranked ? row.finished_at : null,
    model_hash: ranked ? (model?.hash ?? null) : null,
    model_name: ranked ? (model?.name ?? null) : null,
    imported: ranked && provenance.kind === 'imported' ? 1 : 0,
  };
}

const gone = (row: StandingRow): Omit<StandingRow, 'seq'> => ({
  ...row,
  present: 0,
  result_id: null,
  score: null,
  best_lap: null,
  uncertainty: null,
  laps: null,
  finished_at: null,
  model_hash: null,
  model_name: null,
  imported: 0,
});

/** Brings the standings of everyone touched up to date, and answers the new head of the board's changes. */
export async function writeStandings(writing: Writing, board: string, head: number, touches: Touches): Promise<number> {
  const touched = touches.all();
  if (touched.length === 0) return head;
  const { db } = writing;
  const before = new Map<string, StandingRow>();
  const known = await db
    .selectFrom('leaderboard_standings')
    .selectAll()
    .where('board', '=', board)
    .where(isAmong(writing, 'racer', [...new Set(touched.map(({ racer }) => racer))]))
    .execute();
  for (const row of known) before.set(`${row.kind} ${row.racer}`, row);
  const rows: StandingRow[] = [];
  let seq = head;
  for (const { racer, kind, added, taken } of touched) {
    const current = before.get(`${kind} ${racer}`);
    const row = taken ? await lookUp(db, board, racer, kind) : improved(current, added);
    const next = row === undefined ? taken && current && gone(current) : standing(row, touches.resultOf(row));
    if (!next || (current !== undefined && same(current, next))) continue;
    seq += 1;
    rows.push({ ...next, seq });
  }
  await writeRows(writing, 'leaderboard_standings', rows, ['board', 'racer', 'kind']);
  return seq;
}

/** The new result that takes the racer's place, or that shows the racer for the first time; undefined where none does. */
function improved(current: StandingRow | undefined, added: readonly ResultRow[]): ResultRow | undefined {
  let best: ResultRow | undefined;
  for (const row of added) if (better(row, best ?? current)) best = row;
  return best ?? (current?.present === 1 ? undefined : added[0]);
}

/** The best of what counts, qualifying before not. */
async function lookUp(
  db: Kysely<LeaderboardTables>,
  board: string,
  racer: string,
  kind: Kind,
): Promise<ResultRow | undefined> {
  const counted = db
    .selectFrom('leaderboard_results')
    .selectAll()
    .where('board', '=', board)
    .where('racer', '=', racer)
    .where('kind', '=', kind)
    .where('state', '=', 'counted');
  const best = await counted
    .where('placing_ms', 'is not', null)
    .orderBy('placing_ms')
    .orderBy('finished_at')
    .orderBy('result_id')
    .limit(1)
    .executeTakeFirst();
  return best ?? (await counted.orderBy('finished_at').orderBy('result_id').limit(1).executeTakeFirst());
}

function same(before: StandingRow, after: Omit<StandingRow, 'seq'>): boolean {
  return (Object.keys(after) as (keyof typeof after)[]).every((key) => before[key] === after[key]);
}
