import { parse } from '@pitwall/protocol';
import { CommandOutcome, type CreateRaceInput } from '@pitwall/protocol/api';
import { ask } from '../http/index.js';

/** Creates a race; the same `commandId` again creates no other. @throws PitwallError as the desk says it. */
export async function createRace(token: string, race: CreateRaceInput): Promise<void> {
  const response = await ask('/api/v1/races', { method: 'POST', token, body: race });
  parse(CommandOutcome, await response.json(), 'The desk’s answer');
}
