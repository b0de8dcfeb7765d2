import { createHash } from 'node:crypto';
import { PitwallError, type Sha256 } from '@pitwall/protocol';
import { chainRoot, chainText, type LogRecord } from '@pitwall/protocol/race';

export const sha256 = (text: string): Sha256 => createHash('sha256').update(text).digest('hex') as Sha256;

/** Binds a record to the one before it. */
export function seal(record: Omit<LogRecord, 'hash' | 'previous'>, previous: Sha256 | undefined): LogRecord {
  const bound = { ...record, previous: previous ?? chainRoot };
  return { ...bound, hash: sha256(chainText(bound)) };
}

/**
 * Checks that a log is whole: numbered from 1 without a gap, one race, and each record bound to the one before.
 * @throws PitwallError `log-invalid`, which names the first record that is not right.
 */
export function verifyChain(records: readonly LogRecord[]): void {
  let previous = chainRoot;
  for (const [index, record] of records.entries()) {
    const bad = (what: string): never => {
      throw new PitwallError('log-invalid', `Record ${index + 1} of the log of race ${record.race} ${what}.`, {
        details: { seq: index + 1 },
      });
    };
    if (record.seq !== index + 1) bad(`has the number ${record.seq}: records are missing or out of order`);
    if (record.race !== records[0]?.race) bad(`belongs to another race than the first`);
    if (record.previous !== previous) bad('does not follow from the one before: something was put in or taken out');
    if (record.hash !== sha256(chainText(record))) bad('is not what it was when it was written');
    previous = record.hash;
  }
}
