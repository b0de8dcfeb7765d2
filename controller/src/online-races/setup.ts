import { PitwallError, parseJson } from '@pitwall/protocol';
import { OnlineSetup } from '@pitwall/protocol/api';
import { LRUCache } from 'lru-cache';
import type { OnlineRaceRow } from './tables.js';

/** By their texts: a list shows five hundred, and the same ones again and again. */
const parsed = new LRUCache<string, OnlineSetup>({ max: 2000 });

export function setupFrom({ race, setup }: Pick<OnlineRaceRow, 'race' | 'setup'>): OnlineSetup {
  const known = parsed.get(setup) ?? parseJson(OnlineSetup, setup, `The setup of race ${race}`, 'internal-error');
  parsed.set(setup, known);
  return known;
}

/** What stands once the race is open, with how a person calls it. */
const frozen = { rules: 'rules', track: 'track', seed: 'seed', opensAt: 'opening' } as const;

/**
 * What an edit may not touch: access ever; from the opening on what a result depends on; from the close on everything but
 * the words. @throws PitwallError `race-refused`.
 */
export function demandFrozen(before: OnlineSetup, after: OnlineSetup, now: number): void {
  const differs = (field: keyof OnlineSetup) => JSON.stringify(before[field]) !== JSON.stringify(after[field]);
  if (differs('access'))
    throw new PitwallError(
      'race-refused',
      'Whether a race is open to all or by invitation is chosen when it is created.',
    );
  if (now >= before.opensAt)
    for (const field of Object.keys(frozen) as (keyof typeof frozen)[])
      if (differs(field))
        throw new PitwallError('race-refused', `The race has opened: its ${frozen[field]} stands as it is.`);
  if (now >= before.closesAt && (differs('closesAt') || differs('quota')))
    throw new PitwallError('race-refused', 'The race is closed; make another one to go on.');
  if (now < before.closesAt && after.closesAt <= now)
    throw new PitwallError('race-refused', 'That close has passed already; close the race now instead.');
}
