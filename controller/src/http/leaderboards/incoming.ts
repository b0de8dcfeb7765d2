import { PitwallError, parse } from '@pitwall/protocol';
import { IncomingResult, joinNames, SignedResult, signedBody } from '@pitwall/protocol/api';
import { type Principal, rolesOf } from '../../accounts/index.js';
import type { Incoming, Leaderboards } from '../../leaderboard/index.js';

/** Checks shape and signature of what was sent as a result. @throws PitwallError `message-invalid`, `signature-invalid`. */
export async function incomingOf(leaderboards: Leaderboards, sent: unknown, principal: Principal): Promise<Incoming> {
  const sender = { name: principal.name, staff: rolesOf(principal).includes('organizer') };
  if (typeof sent === 'object' && sent !== null && 'jws' in sent) {
    const signed = parse(SignedResult, sent, 'The signed result');
    const { signedBy, payload } = await leaderboards.keys.verify(signed.jws);
    let value: unknown;
    try {
      value = JSON.parse(payload);
    } catch (cause) {
      throw new PitwallError('message-invalid', 'What was signed is not JSON.', { cause });
    }
    const result = parse(IncomingResult, joinNames(value, signed.names), 'The result');
    return { result, body: signedBody(signed), signedBy, sender };
  }
  const result = parse(IncomingResult, sent, 'The result');
  return { result, body: JSON.stringify(result), signedBy: undefined, sender };
}
