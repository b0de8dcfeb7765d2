import { parse } from '@pitwall/protocol';
import { CommandOutcome, type CreateRaceInput } from '@pitwall/protocol/api';
import { refusal } from '../http/index.js';

/** Creates a race; the same `commandId` again creates no other. @throws PitwallError as the desk says it. */
export async function createRace(token: string, race: CreateRaceInput): Promise<void> {
  const response = await fetch('/api/v1/races', {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
    body: JSON.stringify(race),
  });
  if (!response.ok) throw await refusal(response);
  parse(CommandOutcome, await response.json(), 'The desk’s answer');
}
