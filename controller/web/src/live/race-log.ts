import type { LogRecord } from '@pitwall/protocol/race';

/**
 * What arrived, against what is held. `append`: only these are new. `gap`: something is missing, ask again. `replaced`: the
 * server's log is another one (a new database under the same name), or a name was taken out of it: start over.
 */
export type Joined =
  | { readonly outcome: 'append'; readonly records: readonly LogRecord[] }
  | { readonly outcome: 'gap' }
  | { readonly outcome: 'replaced' };

/** Joins records to a log by number and chain. Repetitions are fine; whatever does not continue the chain is not. */
export function join(held: readonly LogRecord[], arrived: readonly LogRecord[]): Joined {
  const fresh: LogRecord[] = [];
  let last = held.at(-1);
  for (const record of arrived) {
    const next = (last?.seq ?? 0) + 1;
    if (record.seq > next) return { outcome: 'gap' };
    if (record.seq < next) {
      const known = held[record.seq - 1] ?? fresh[record.seq - held.length - 1];
      if (known?.hash !== record.hash || !hasSameNames(known, record)) return { outcome: 'replaced' };
      continue;
    }
    if (last !== undefined && record.previous !== last.hash) return { outcome: 'replaced' };
    fresh.push(record);
    last = record;
  }
  return { outcome: 'append', records: fresh };
}

/** Of the same record: the hash need not bind what anybody is called. */
const hasSameNames = ({ event: a }: LogRecord, { event: b }: LogRecord): boolean =>
  a.type !== 'entered' || b.type !== 'entered' || a.entry.alias === b.entry.alias;
