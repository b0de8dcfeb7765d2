import { PitwallError } from '@pitwall/protocol';
import type { LogRecord } from '@pitwall/protocol/race';

/** Tells a marshal what changed since the version that they saw; `since` are the records after it. */
export function conflict(seq: number, seen: number, since: readonly LogRecord[]): PitwallError {
  if (seen > seq)
    return new PitwallError('race-conflict', `The race is at version ${seq}; version ${seen} does not exist.`, {
      details: { seq, changes: [] },
    });
  const changes = since.filter(({ event }) => event.type !== 'car-answered');
  const names = changes.slice(0, 3).map(({ who, event }) => `${event.type} by ${who}`);
  return new PitwallError(
    'race-conflict',
    `Meanwhile: ${names.join(', ')}${changes.length > 3 ? ` and ${changes.length - 3} more` : ''}. Look again, then decide.`,
    { details: { seq, changes: changes.slice(-50) } },
  );
}
