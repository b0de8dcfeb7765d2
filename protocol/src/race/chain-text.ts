import type { Sha256 } from '../brand.js';
import type { LogRecord, RaceEvent } from './events.js';
import { idsOf } from './names.js';

/** `previous` of the first record. */
export const chainRoot = '0'.repeat(64) as Sha256;

/**
 * The text whose sha256 is a record's `hash`: every field of it, in this order, and the hash before. `event` is its event as
 * JSON, for those who have it in writing; where names stand beside, its ids alone.
 */
export function chainText(record: Omit<LogRecord, 'hash' | 'event'>, event: string): string {
  const { previous, race, seq, at, epoch, who, commandId, names } = record;
  const head = JSON.stringify([previous, race, seq, at.bootId, at.at, epoch, who, commandId]);
  const bound = names === 'beside' ? JSON.stringify(idsOf(JSON.parse(event) as RaceEvent)) : event;
  return `${head.slice(0, -1)},${bound}]`;
}
