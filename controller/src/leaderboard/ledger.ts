import { PitwallError } from '@pitwall/protocol';
import { type Board, columnOf, type IngestOutcome, isProvisional, type Result } from '@pitwall/protocol/api';
import type { HoldReason } from '@pitwall/protocol/ranking';
import { acrossBoards } from './across-boards-columns.js';
import { type Candidate, columnsOf, demandWriter, judge, neutralBody, resultIn } from './candidate.js';
import { historyRow } from './history-row.js';
import { revoked, type SignedBy } from './keys.js';
import { decide } from './revisions.js';
import { isAmong, type Writing, writeRows } from './rows.js';
import { Touches, writeStandings } from './standings-write.js';
import type { HistoryRow, ResultRow } from './tables.js';

/** A result on its way in, its shape checked and its signature verified. */
export interface Incoming {
  readonly result: Result;
  /** What is kept: its JSON, or the JWS. */
  readonly body: string;
  /** Undefined where nobody signed it. */
  readonly signedBy: SignedBy | undefined;
  /** Who sent it. Staff may carry results of others. */
  readonly sender: { readonly name: string; readonly staff: boolean };
}

const knownColumns = [
  'result_id',
  'revision',
  'content_sha256',
  'source',
  'racer',
  'kind',
  'state',
  'reasons',
  'body',
] as const;
type Known = Pick<ResultRow, (typeof knownColumns)[number]>;

/** Results that come in together, written in one transaction in which the board is locked. */
export class Ledger {
  readonly #writing: Writing;
  readonly #board: Board;
  readonly #now: number;
  readonly #known = new Map<string, Known>();
  /** Content by id and revision, of revisions passed over. */
  readonly #passed = new Map<string, string>();
  readonly #written = new Map<string, ResultRow>();
  readonly #history: HistoryRow[] = [];
  readonly #touches = new Touches();
  readonly #revoked = new Set<string>();
  /** `racer source`; of all sources without one. */
  readonly #erased = new Set<string>();
  /** Racers issued here, and provisional ones with whom they were merged into. */
  readonly #racers = new Map<string, string>();

  constructor(writing: Writing, board: Board, now: number) {
    this.#writing = writing;
    this.#board = board;
    this.#now = now;
  }

  /** What became of each, in order; one that is refused changes nothing. Answers the new head too. */
  async write(head: number, incoming: readonly Incoming[]): Promise<{ outcomes: Outcome[]; head: number }> {
    await this.#read(incoming.map(({ result }) => result.resultId));
    await this.#readRevoked(incoming.flatMap(({ signedBy }) => signedBy?.kid ?? []));
    await this.#readRacers(incoming.map(({ result }) => result.racer));
    await this.#readErased(incoming.map(({ result }) => result.racer));
    const outcomes = incoming.map((item): Outcome => {
      try {
        return this.#take(item);
      } catch (error) {
        if (error instanceof PitwallError) return error;
        throw error;
      }
    });
    await this.#flush();
    return { outcomes, head: await writeStandings(this.#writing, this.#board.id, head, this.#touches) };
  }

  async #read(ids: readonly string[]): Promise<void> {
    const { db } = this.#writing;
    const rows = await db
      .selectFrom('leaderboard_results')
      .select(knownColumns)
      .where('board', '=', this.#board.id)
      .where(isAmong(this.#writing, 'result_id', ids))
      .execute();
    for (const row of rows) this.#known.set(row.result_id, row);
    if (rows.length === 0) return;
    const passed = await db
      .selectFrom('leaderboard_history')
      .select(['result_id', 'revision', 'content_sha256'])
      .where('board', '=', this.#board.id)
      .where(isAmong(this.#writing, 'result_id', [...this.#known.keys()]))
      .execute();
    for (const row of passed) this.#passed.set(`${row.result_id} ${row.revision}`, row.content_sha256);
  }

  async #readRevoked(kids: readonly string[]): Promise<void> {
    if (kids.length === 0) return;
    const rows = await this.#writing.db
      .selectFrom('leaderboard_keys')
      .select('kid')
      .where('revoked_at', 'is not', null)
      .where(isAmong(this.#writing, 'kid', [...new Set(kids)]))
      .execute();
    for (const { kid } of rows) this.#revoked.add(kid);
  }

  /** Only those whose results may have to wait for it. */
  async #readRacers(ids: readonly string[]): Promise<void> {
    const asked = ids.filter((id) => this.#board.racers === 'issued' || isProvisional(id));
    if (asked.length === 0) return;
    const rows = await this.#writing.db
      .selectFrom('leaderboard_racers')
      .select(['id', 'merged_into'])
      .where(isAmong(this.#writing, 'id', asked))
      .execute();
    for (const { id, merged_into } of rows) this.#racers.set(id, merged_into ?? id);
  }

  async #readErased(ids: readonly string[]): Promise<void> {
    const asked = new Set(ids.flatMap((id) => [id, this.#racers.get(id) ?? id]));
    for (const { racer, source } of await this.#writing.db
      .selectFrom('leaderboard_erased')
      .select(['racer', 'source'])
      .where(isAmong(this.#writing, 'racer', [...asked]))
      .execute())
      this.#erased.add(`${racer} ${source}`);
  }

  #isErased(racer: string, source: string): boolean {
    return this.#erased.has(`${racer} `) || this.#erased.has(`${racer} ${source}`);
  }

  /** Whom a result counts for, and why it must wait for that. */
  #racerOf(racer: string): { racer: string; reasons: HoldReason[] } {
    const known = this.#racers.get(racer);
    if (known !== undefined) return { racer: known, reasons: [] };
    if (isProvisional(racer)) return { racer, reasons: ['racer-provisional'] };
    return { racer, reasons: this.#board.racers === 'issued' ? ['racer-unknown'] : [] };
  }

  #take({ result, body: sent, signedBy, sender }: Incoming): IngestOutcome {
    const { resultId, revision } = result;
    const { source } = result.provenance;
    if (signedBy !== undefined && this.#revoked.has(signedBy.kid)) throw revoked(signedBy);
    demandOrigin(this.#board, source, signedBy, sender);
    demandWriter(this.#board, source);
    const { racer, reasons: open } = this.#racerOf(result.racer);
    const known = this.#known.get(resultId);
    const isErased = this.#isErased(racer, source) || this.#isErased(result.racer, source);
    const body = isErased ? neutralBody(sent, racer) : sent;
    const judged = judge(this.#board, result, body);
    const named = isErased ? resultIn(body) : result;
    const reasons = [...judged.reasons, ...open, ...(distrusted(known) ? ['rejected-before' as const] : [])];
    const candidate = { ...judged, result: named, reasons };
    // Older versions kept the hash of what was said with names: it is the same content.
    const contentOf = (kept: string) => (kept === candidate.contentWithNames ? candidate.content : kept);
    const current = known && {
      revision: known.revision,
      content: contentOf(known.content_sha256),
      source: known.source,
    };
    const incoming = { resultId, revision, content: candidate.content, source };
    const row = this.#row(candidate, racer);
    const passed = this.#passed.get(`${resultId} ${revision}`);
    switch (decide(current, passed && contentOf(passed), incoming)) {
      case 'repeat':
        return { resultId, outcome: 'duplicate' };
      case 'late':
        this.#pass({ ...row, state: 'withdrawn' }, 'superseded', sender.name);
        return { resultId, outcome: 'superseded' };
      case 'new':
        this.#touches.added(row, candidate.result);
        break;
      case 'amend': {
        const before = known as Known;
        this.#pass(before, row.state === 'withdrawn' ? 'withdrawn' : 'amended', sender.name);
        if (before.state === 'counted') this.#touches.taken(before.racer, before.kind);
        if (row.state === 'counted') this.#touches.taken(row.racer, row.kind);
      }
    }
    this.#written.set(resultId, row);
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
      kind: columnOf(result),
      state: result.withdrawn ? 'withdrawn' : reasons.length > 0 ? 'held' : 'counted',
      reasons: JSON.stringify(reasons),
      content_sha256: content,
      source: result.provenance.source,
      ...columnsOf(candidate),
      ...acrossBoards(result),
      finished_at: result.finishedAt,
      received_at: this.#now,
      body,
    };
  }

  #pass(row: Known, action: HistoryRow['action'], actor: string): void {
    this.#passed.set(`${row.result_id} ${row.revision}`, row.content_sha256);
    this.#history.push(historyRow({ ...row, board: this.#board.id }, action, actor, this.#now));
  }

  async #flush(): Promise<void> {
    await writeRows(this.#writing, 'leaderboard_results', [...this.#written.values()], ['board', 'result_id']);
    await writeRows(this.#writing, 'leaderboard_history', this.#history);
  }
}

/**
 * Whether a person rejected the result, and nobody let it count since: what its source makes of it then waits for a
 * person again, as many amendments as it takes.
 */
const distrusted = (known: Known | undefined): boolean =>
  known?.state === 'rejected' ||
  (known !== undefined && known.state !== 'counted' && JSON.parse(known.reasons).includes('rejected-before'));

export type Outcome = IngestOutcome | PitwallError;

function outcomeOf(row: ResultRow, amended: boolean, { reasons }: Candidate): IngestOutcome {
  const resultId = row.result_id;
  if (row.state === 'withdrawn') return { resultId, outcome: 'withdrawn' };
  if (row.state === 'held') return { resultId, outcome: 'held', reasons: [...reasons] };
  return { resultId, outcome: amended ? 'amended' : 'accepted' };
}

/** Who vouches for a result: the source's signature, or, where the board allows it, the sender's token. */
function demandOrigin(board: Board, source: string, signedBy: SignedBy | undefined, sender: Incoming['sender']): void {
  if (signedBy?.source === source) return;
  if (signedBy !== undefined)
    throw new PitwallError(
      'signature-invalid',
      `The result says it is from ${source}, but ${signedBy.source} signed it.`,
    );
  if (board.signatures === 'required')
    throw new PitwallError(
      'signature-invalid',
      `Leaderboard ${board.id} takes signed results only: send {"jws": …}, signed with a registered key of ${source}.`,
    );
  if (sender.name !== source && !sender.staff)
    throw new PitwallError('access-denied', `${sender.name} may not send results of ${source}.`);
}
