import { randomBytes } from 'node:crypto';
import { PitwallError, type RaceId } from '@pitwall/protocol';
import type { Invitation, OnlineSetup } from '@pitwall/protocol/api';
import type { OnlineRaceRow } from './tables.js';

/** So an invited race is called before the part that nobody can guess. */
const invitedPrefix = 'invited-';

/** Whether a race of that id, if there is one, is by invitation. */
export const isInvited = (id: string): boolean => id.startsWith(invitedPrefix);

/**
 * Nothing else may be called so: else an id that is refused would tell of a race that is there.
 * @throws PitwallError `message-invalid`.
 */
export function demandPlainId(id: string | undefined): void {
  if (id !== undefined && isInvited(id))
    throw new PitwallError('message-invalid', `Ids that begin with "${invitedPrefix}" are made here; choose another.`);
}

/** The id of a new race: of one by invitation nobody guesses it. */
export function newRaceId(access: OnlineSetup['access']): RaceId {
  const random = randomBytes(16).toString('hex');
  return (access === 'invited' ? `${invitedPrefix}${random}` : `online-${random.slice(0, 12)}`) as RaceId;
}

/** The key in the link of a race by invitation. */
export const newInvitationKey = (): string => randomBytes(32).toString('base64url');

/** @throws PitwallError `race-refused` where the race is open to all. */
export function invitationOf({ race, invitation, resets }: OnlineRaceRow): Invitation {
  if (invitation === null)
    throw new PitwallError('race-refused', `Race ${race} is open to all; it has no invitation link.`);
  return { key: invitation as Invitation['key'], link: `/invitation#${invitation}`, resets };
}
