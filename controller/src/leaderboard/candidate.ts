import { createHash } from 'node:crypto';
import { PitwallError, parse, parseJson } from '@pitwall/protocol';
import {
  type Board,
  joinNames,
  namesOf,
  Result,
  signedBody,
  signedContentOf,
  signedIn,
  withNeutralNames,
} from '@pitwall/protocol/api';
import { type HoldReason, holdReasons, placingMs, type Score, scoreOf } from '@pitwall/protocol/ranking';

/** A result that was checked and judged, ready to be written. */
export interface Candidate {
  readonly result: Result;
  /** sha256 of what it says by ids; what its racer is called and how it was signed do not matter. */
  readonly content: string;
  /** The same with names, as older versions kept it. */
  readonly contentWithNames: string;
  readonly score: Score | undefined;
  readonly reasons: readonly HoldReason[];
  /** What is kept: the JSON, or the JWS. */
  readonly body: string;
}

/** A result as kept in `body`: its JSON, or the payload of the JWS (verified when it came) with the names beside it. */
export function resultIn(body: string): Result {
  if (body.startsWith('{')) return parseJson(Result, body, 'A stored result', 'internal-error');
  const { jws, names } = signedIn(body);
  const payload = JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));
  return parse(Result, joinNames(payload, names), 'A stored result', 'internal-error');
}

/** The same under a neutral name; what an older version signed with the name in it is not signed any more. */
export function neutralBody(body: string, racer: string): string {
  const result = withNeutralNames(resultIn(body), racer);
  const { jws, names } = body.startsWith('{') ? { jws: '', names: undefined } : signedIn(body);
  return names === undefined ? JSON.stringify(result) : signedBody({ jws, names: namesOf(result) });
}

/** Parsing puts keys in the schema's order, so equal contents have equal text. */
const digest = (content: object): string => createHash('sha256').update(JSON.stringify(content)).digest('hex');

export function judge(board: Board, result: Result, body = JSON.stringify(result)): Candidate {
  return {
    result,
    content: digest(signedContentOf(result)),
    contentWithNames: digest(result),
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
