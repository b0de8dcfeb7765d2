import { hash } from 'node:crypto';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import { chainRoot, chainText, type LogRecord } from '@pitwall/protocol/race';

export const sha256 = (text: string): Sha256 => hash('sha256', text) as Sha256;

/** Binds a record to the one before it; names stay beside what is bound. */
export function seal(record: Omit<LogRecord, 'hash' | 'previous'>, previous: Sha256 | undefined): LogRecord {
  const names = record.event.type === 'entered' ? { names: 'beside' as const } : {};
  const bound = { ...record, ...names, previous: previous ?? chainRoot };
  return { ...bound, hash: sha256(chainText(bound, JSON.stringify(bound.event))) };
}

/** Goes along a log: numbered from 1 without a gap, one race, and each record bound to the one before. */
export class Chain {
  #race: string | undefined;
  #seq = 0;
  #previous = chainRoot;

  /** @param last the record that is known already; none: from the first. */
  constructor(last?: LogRecord) {
    if (last === undefined) return;
    this.#race = last.race;
    this.#seq = last.seq;
    this.#previous = last.hash;
  }

  /**
   * Takes the next record; `event` is its event as JSON, as it was written.
   * @throws PitwallError `log-invalid`, which names the record that is not right.
   */
  follow(record: Omit<LogRecord, 'event'>, event: string): void {
    this.#seq += 1;
    this.#race ??= record.race;
    if (record.seq !== this.#seq) this.#broken(`has the number ${record.seq}: records are missing or out of order`);
    if (record.race !== this.#race) this.#broken('belongs to another race than the first');
    if (record.previous !== this.#previous)
      this.#broken('does not follow from the one before: something was put in or taken out');
    // Names of before were bound with the rest: of a record that they were taken out of, the links alone can be checked.
    const isWithheld = record.names === 'withheld' && event.startsWith('{"type":"entered"');
    if (!isWithheld && record.hash !== hashOf(record, event)) this.#broken('is not what it was when it was written');
    this.#previous = record.hash;
  }

  #broken(what: string): never {
    throw new PitwallError('log-invalid', `Record ${this.#seq} of the log of race ${this.#race} ${what}.`, {
      details: { seq: this.#seq },
    });
  }
}

/** Undefined where its ids cannot be read. */
function hashOf(record: Omit<LogRecord, 'event'>, event: string): Sha256 | undefined {
  try {
    return sha256(chainText(record, event));
  } catch {
    return undefined;
  }
}

/**
 * Checks that a log is whole.
 * @throws PitwallError `log-invalid`, which names the first record that is not right.
 */
export function verifyChain(records: readonly LogRecord[]): void {
  const chain = new Chain();
  for (const record of records) chain.follow(record, JSON.stringify(record.event));
}
