import { randomUUID } from 'node:crypto';
import { rulePresets } from '@pitwall/protocol/race';
import type { Ask } from './whole-controller.js';

export const hour = 3_600_000;

/** A race at a track, as an organizer makes one. */
export async function makeTrackRace(ask: Ask, race: string, over: object = {}): Promise<void> {
  const setup = {
    name: race,
    track: { id: 'harbour', version: 1 },
    gates: ['main'],
    car: 'any',
    rules: rulePresets['drem-default'],
    ...over,
  };
  const { status, body } = await ask('POST', '/api/v1/races', { race, commandId: randomUUID(), setup });
  if (status !== 201) throw new Error(JSON.stringify(body));
}

/** Gives a command with the version that the race has now. */
export async function command(ask: Ask, race: string, given: object): Promise<{ status: number; code?: string }> {
  const seen = (await ask('GET', `/api/v1/races/${race}`)).body.seq;
  const { status, body } = await ask('POST', `/api/v1/races/${race}/commands`, {
    commandId: randomUUID(),
    seen,
    command: given,
  });
  return { status, code: body.error?.code };
}

/** An online race that is open now; answers its id. */
export async function makeOnlineRace(ask: Ask, name: string, over: object = {}): Promise<string> {
  const now = Date.now();
  const setup = {
    kind: 'online',
    name,
    opensAt: now - hour,
    closesAt: now + 24 * hour,
    track: { id: 'harbour', version: 1 },
    rules: { name: 'Rules' },
    ...over,
  };
  const { status, body } = await ask('POST', '/api/v1/races', { commandId: randomUUID(), setup });
  if (status !== 201) throw new Error(JSON.stringify(body));
  return body.race;
}
