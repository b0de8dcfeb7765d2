import { PitwallError } from '@pitwall/protocol';
import { type Board, type IngestOutcome, isProvisional, type Result } from '@pitwall/protocol/api';
import type { HoldReason } from '@pitwall/protocol/ranking';
import type { Kysely } from 'kysely';
import { type Candidate, columnsOf, demandWriter, judge } from './candidate.js';
import { decide } from './decide.js';
import { pastRow } from './past.js';
import { chunks, Touches, writeStandings } from './standings-write.js';
import type { HistoryRow, LeaderboardTables, ResultRow } from './tables.js';

/** A result on its way in, its shape checked and its signature verified. */
export interface Incoming {
  readonly result: Result;
  /** What is kept: its JSON, or the JWS. */
  readonly body: string;
  /** The source whose key signed it; undefined where nobody did. */
  readonly signedBy: string | undefined;
  /** Who sent it. Staff may carry results of others. */
  readonly sender: { readonly name: string; readonly staff: boolean };
}

type Known = Pick<
  ResultRow,
  'result_id' | 'revision' | 'content_sha256' | 'source' | 'racer' | 'kind' | 'state' | 'body'
>;

/** Results that come in together, written in one transaction in which the board is locked. */
export class Ledger {
  readonly #db: Kysely<LeaderboardTables>;
  readonly #board: Board;
  readonly #now: number;
  readonly #known = new Map<string, Known>();
  /** Content by id and revision, of revisions passed over. */
  readonly #passed = new Map<string, string>();
  readonly #inserted = new Map<string, ResultRow>();
  readonly #updated = new Map<string, ResultRow>();
  readonly #history: HistoryRow[] = [];
  readonly #touches = new Touches();
  /** Racers issued here, and provisional ones with whom they were merged into. */
  readonly #racers = new Map<string, string>();

  constructor(db: Kysely<LeaderboardTables>, board: Board, now: number) {
    this.#db = db;
    this.#board = board;
    this.#now = now;
  }

  /** What became of each, in order; one that is refused changes nothing. Answers the new head too. */
  async write(head: number, incoming: readonly Incoming[]): Promise<{ outcomes: Outcome[]; head: number }> {
    await this.#read(incoming.map(({ result }) => result.resultId));
    await this.#readRacers(incoming.map(({ result }) => result.racer));
    const outcomes = incoming.map((item): Outcome => {
      try {
        return this.#take(item);
      } catch (error) {
        if (error instanceof PitwallError) return error;
        throw error;
      }
    });
    await this.#flush();
    return { outcomes, head: await writeStandings(this.#db, this.#board.id, head, this.#touches) };
  }

  async #read(ids: readonly string[]): Promise<void> {
    for (const some of chunks([...new Set(ids)], 500)) {
      const rows = await this.#db
        .selectFrom('leaderboard_results')
        .select(['result_id', 'revision', 'content_sha256', 'source', 'racer', 'kind', 'state', 'body'])
        .where('board', '=', this.#board.id)
        .where('result_id', 'in', some)
        .execute();
      for (const row of rows) this.#known.set(row.result_id, row);
    }
    for (const some of chunks([...this.#known.keys()], 500)) {
      const rows = await this.#db
        .selectFrom('leaderboard_history')
        .select(['result_id', 'revision', 'content_sha256'])
        .where('board', '=', this.#board.id)
        .where('result_id', 'in', some)
        .execute();
      for (const row of rows) this.#passed.set(`${row.result_id} ${row.revision}`, row.content_sha256);
    }
  }

  /** Only those whose results may have to wait for it. */
  async #readRacers(ids: readonly string[]): Promise<void> {
    const asked = ids.filter((id) => this.#board.racers === 'issued' || isProvisional(id));
    for (const some of chunks([...new Set(asked)], 500)) {
      const rows = await this.#db
        .selectFrom('leaderboard_racers')
        .select(['id', 'merged_into'])
        .where('id', 'in', some)
        .execute();
      for (const { id, merged_into } of rows) this.#racers.set(id, merged_into ?? id);
    }
  }

  /** Whom a result counts for, and why it must wait for that. */
  #racerOf(racer: string): { racer: string; reason: HoldReason | undefined } {
    const known = this.#racers.get(racer);
    if (known !== undefined) return { racer: known, reason: undefined };
    if (isProvisional(racer)) return { racer, reason: 'racer-provisional' };
    return { racer, reason: this.#board.racers === 'issued' ? 'racer-unknown' : undefined };
  }

  #take({ result, body, signedBy, sender }: Incoming): IngestOutcome {
    const { resultId, revision } = result;
    const { source } = result.provenance;
    demandOrigin(this.#board, source, signedBy, sender);
    demandWriter(this.#board, source);
    const { racer, reason } = this.#racerOf(result.racer);
    const judged = judge(this.#board, result, body);
    const candidate = reason === undefined ? judged : { ...judged, reasons: [...judged.reasons, reason] };
    const known = this.#known.get(resultId);
    const current = known && { revision: known.revision, content: known.content_sha256, source: known.source };
    const incoming = { resultId, revision, content: candidate.content, source };
    const row = this.#row(candidate, racer);
    switch (decide(current, this.#passed.get(`${resultId} ${revision}`), incoming)) {
      case 'repeat':
        return { resultId, outcome: 'duplicate' };
      case 'late':
        this.#pass({ ...row, state: 'withdrawn' }, 'superseded', sender.name);
        return { resultId, outcome: 'superseded' };
      case 'new':
        this.#inserted.set(resultId, row);
        this.#touches.added(row, result);
        break;
      case 'amend': {
        const before = known as Known;
        this.#pass(before, row.state === 'withdrawn' ? 'withdrawn' : 'amended', sender.name);
        if (before.state === 'counted') this.#touches.taken(before.racer, before.kind);
        if (row.state === 'counted') this.#touches.taken(row.racer, row.kind);
        (this.#inserted.has(resultId) ? this.#inserted : this.#updated).set(resultId, row);
      }
    }
    this.#known.set(resultId, row);
    return outcomeOf(row, current !== undefined, candidate);
  }

  #row(candidate: Candidate, racer: string): ResultRow {
    const { result, content, reasons, body } = candidate;
    return {
      board: this.#board.id,
      result_id: result.resultId,
      revision: result.revision,
      racer,
      kind: result.provenance.kind,
      state: result.withdrawn ? 'withdrawn' : reasons.length > 0 ? 'held' : 'counted',
      reasons: JSON.stringify(reasons),
      content_sha256: content,
      source: result.provenance.source,
      ...columnsOf(candidate),
      finished_at: result.finishedAt,
      received_at: this.#now,
      body,
    };
  }

  #pass(row: Known, action: HistoryRow['action'], actor: string): void {
    this.#passed.set(`${row.result_id} ${row.revision}`, row.content_sha256);
    this.#history.push(pastRow({ ...row, board: this.#board.id }, action, actor, this.#now));
  }

  async #flush(): Promise<void> {
    for (const values of chunks([...this.#inserted.values()], 200))
      await this.#db.insertInto('leaderboard_results').values(values).execute();
    for (const row of this.#updated.values())
      await this.#db
        .updateTable('leaderboard_results')
        .set(row)
        .where('board', '=', row.board)
        .where('result_id', '=', row.result_id)
        .execute();
    for (const values of chunks(this.#history, 200))
      await this.#db.insertInto('leaderboard_history').values(values).execute();
  }
}

export type Outcome = IngestOutcome | PitwallError;

function outcomeOf(row: ResultRow, amended: boolean, { reasons }: Candidate): IngestOutcome {
  const resultId = row.result_id;
  if (row.state === 'withdrawn') return { resultId, outcome: 'withdrawn' };
  if (row.state === 'held') return { resultId, outcome: 'held', reasons: [...reasons] };
  return { resultId, outcome: amended ? 'amended' : 'accepted' };
}

/** Who vouches for a result: the source's signature, or, where the board allows it, the sender's token. */
function demandOrigin(board: Board, source: string, signedBy: string | undefined, sender: Incoming['sender']): void {
  if (signedBy === source) return;
  if (signedBy !== undefined)
    throw new PitwallError('signature-invalid', `The result says it is from ${source}, but ${signedBy} signed it.`);
  if (board.signatures === 'required')
    throw new PitwallError(
      'signature-invalid',
      `Leaderboard ${board.id} takes signed results only: send {"jws": …}, signed with a registered key of ${source}.`,
    );
  if (sender.name !== source && !sender.staff)
    throw new PitwallError('access-denied', `${sender.name} may not send results of ${source}.`);
}
