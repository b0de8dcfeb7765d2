import type { HistoryRow, ResultRow } from './tables.js';

/** The row that keeps what a result was before something is done to it. */
export const historyRow = (
  row: Pick<ResultRow, 'board' | 'result_id' | 'revision' | 'content_sha256' | 'state' | 'racer' | 'body'>,
  action: HistoryRow['action'],
  actor: string,
  at: number,
): HistoryRow => ({
  board: row.board,
  result_id: row.result_id,
  revision: row.revision,
  content_sha256: row.content_sha256,
  state: row.state,
  action,
  actor,
  at,
  racer: row.racer,
  body: row.body,
});
