import { neutralName } from '../neutral-name.js';
import type { LogRecord, RaceEvent } from './events.js';

/** An event as its record's hash binds it where names stand beside: who entered and with what, not what anybody calls them. */
export function idsOf(event: RaceEvent): unknown {
  if (event.type !== 'entered') return event;
  const { alias: _, country: _country, division: _division, ...entry } = event.entry;
  return { type: event.type, entry: { ...entry, models: entry.models.map(({ hash }) => ({ hash })) } };
}

/** The record with neutral names; undefined where it has none of the racer. Its hash stays, and stays right where names stand beside. */
export function withoutNames(record: LogRecord, racer: string): LogRecord | undefined {
  const { event, names = 'withheld' } = record;
  if (event.type !== 'entered' || event.entry.racer !== racer) return undefined;
  const { country: _, division: _division, ...entry } = event.entry;
  const models = entry.models.map(({ hash }) => ({ hash, name: hash.slice(0, 12) }));
  return { ...record, names, event: { type: event.type, entry: { ...entry, alias: neutralName(racer), models } } };
}
