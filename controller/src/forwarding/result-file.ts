import { LeaderboardId, PitwallError, parse, parseJson } from '@pitwall/protocol';
import { joinNames, Result, SignedResult, signedBody } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { OutboxResult } from './outbox.js';
import { type Signer, signedOf } from './signer.js';

/** One line of a file that carries results where no network goes: signed as it would be sent. */
const Carried = z.union([
  z.object({ leaderboard: LeaderboardId, ...SignedResult.shape }),
  z.object({ leaderboard: LeaderboardId, result: z.unknown() }),
]);

export async function resultLine({ leaderboard, body }: OutboxResult, signer: Signer): Promise<string> {
  return JSON.stringify({ leaderboard, ...(await signedOf(body, signer)) });
}

/**
 * The result on a line. A signature is not checked here but by the leaderboard it comes to.
 * @throws PitwallError `message-invalid`, which names the line.
 */
export function readResultLine(line: string, number: number): OutboxResult {
  const what = `Line ${number}`;
  const carried = parseJson(Carried, line, what);
  const { leaderboard } = carried;
  const signed = 'jws' in carried ? carried : undefined;
  const result =
    signed === undefined
      ? (carried as { result: unknown }).result
      : joinNames(payloadOf(signed.jws, what), signed.names);
  const checked = parse(Result, result, what);
  const { resultId, revision, racer } = checked;
  return {
    leaderboard,
    resultId,
    revision,
    racer,
    body: signed === undefined ? JSON.stringify(checked) : signedBody(signed),
  };
}

function payloadOf(jws: string, what: string): unknown {
  try {
    return JSON.parse(Buffer.from(jws.split('.')[1] ?? '', 'base64url').toString('utf8'));
  } catch (cause) {
    throw new PitwallError('message-invalid', `${what} holds no signed result.`, { cause });
  }
}
