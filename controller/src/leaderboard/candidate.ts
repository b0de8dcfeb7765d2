import { createHash } from 'node:crypto';
import { PitwallError, parseJson } from '@pitwall/protocol';
import { type Board, Result } from '@pitwall/protocol/api';
import { type HoldReason, holdReasons, placingMs, type Score, scoreOf } from '@pitwall/protocol/ranking';

/** A result that was checked and judged, ready to be written. */
export interface Candidate {
  readonly result: Result;
  /** sha256 of what it says; how it was signed does not matter. */
  readonly content: string;
  readonly score: Score | undefined;
  readonly reasons: readonly HoldReason[];
  /** What is kept: the JSON, or the JWS. */
  readonly body: string;
}

/** A result as kept in `body`: its JSON, or the payload of the JWS (verified when it came). */
export function resultIn(body: string): Result {
  const text = body.startsWith('{') ? body : Buffer.from(body.split('.')[1] ?? '', 'base64url').toString('utf8');
  return parseJson(Result, text, 'A stored result', 'internal-error');
}

/** Parsing puts keys in the schema's order, so equal contents have equal text. */
const digest = (result: Result): string => createHash('sha256').update(JSON.stringify(result)).digest('hex');

export function judge(board: Board, result: Result, body = JSON.stringify(result)): Candidate {
  return {
    result,
    content: digest(result),
    score: scoreOf(result.laps, board),
    reasons: holdReasons(result, board),
    body,
  };
}

/** @throws PitwallError `access-denied` where the source may not write to the board. */
export function demandWriter(board: Board, source: string): void {
  if (!board.writers.includes(source))
    throw new PitwallError(
      'access-denied',
      `${source} may not write to leaderboard ${board.id}; an organizer adds it to the board's writers.`,
    );
}

export const columnsOf = ({ score }: Candidate) => ({
  score: score?.score ?? null,
  placing_ms: score === undefined ? null : placingMs(score.score),
  best_lap: score?.bestLap ?? null,
  uncertainty: score?.uncertainty ?? null,
});
