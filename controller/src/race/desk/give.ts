import { randomUUID } from 'node:crypto';
import { isPitwallError, type RaceId } from '@pitwall/protocol';
import type { RaceCommand } from '@pitwall/protocol/race';
import type { RaceDesk } from './desk.js';

/** For what holds whatever else happened to the race meanwhile. @throws PitwallError `race-refused` */
export async function giveInAnyCase(
  desk: Pick<RaceDesk, 'state' | 'command'>,
  race: RaceId,
  command: RaceCommand,
  who: string,
): Promise<void> {
  const commandId = randomUUID();
  for (;;) {
    const { seq } = await desk.state(race);
    try {
      await desk.command(race, { commandId, seen: seq, command }, who);
      return;
    } catch (error) {
      if (!isPitwallError(error) || error.code !== 'race-conflict') throw error;
    }
  }
}
