import type { OnlineRole, OnlineSetup } from '@pitwall/protocol/api';

/** Whoever asks: who the token says it is, and the key of the invitation link that was shown. */
export interface Viewer {
  readonly who?: { readonly name: string; readonly role: string; readonly also?: readonly string[] } | undefined;
  readonly invitation?: string | undefined;
}

/** Whether somebody acts in the role: a person does in several. */
export const actsAs = (who: Viewer['who'], role: string): boolean =>
  who !== undefined && (who.role === role || who.also?.includes(role) === true);

/** Made by a person, whose id nobody else has; names of tokens may be a racer's and an organizer's. */
const isOwnRace = (owner: string): boolean => /^r-/.test(owner);

/** What decides who sees a race. */
export interface RaceAccess {
  readonly owner: string;
  readonly access: OnlineSetup['access'];
  readonly invitation: string | null;
  readonly closesAt: number;
  readonly deleted: boolean;
  /** Of whoever asks. */
  readonly entry: 'none' | 'entered' | 'removed';
}

/**
 * What whoever asks is to the race; undefined: to them it does not exist. A link is good until the race closes; who
 * entered by it needs it no more; who was removed sees an invited race no more, with whatever link.
 */
export function roleOf(race: RaceAccess, { who, invitation }: Viewer, now: number): OnlineRole | undefined {
  if (race.deleted) return undefined;
  if (who?.name === race.owner && (actsAs(who, 'organizer') || isOwnRace(race.owner))) return 'organizer';
  if (race.entry === 'entered') return 'entered';
  if (race.access === 'open') return 'guest';
  if (race.entry === 'removed' || race.invitation === null) return undefined;
  return race.invitation === invitation && now < race.closesAt ? 'guest' : undefined;
}
