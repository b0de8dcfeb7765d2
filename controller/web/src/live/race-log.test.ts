import type { LogRecord } from '@pitwall/protocol/race';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { join } from './race-log.js';

/** A chain whose hashes name the log they belong to. */
const chain = (log: string, length: number): LogRecord[] =>
  Array.from({ length }, (_, index) => ({
    seq: index + 1,
    event: { type: 'queued', racer: 'ann' },
    hash: `${log}${index + 1}`,
    previous: index === 0 ? 'root' : `${log}${index}`,
  })) as unknown as LogRecord[];

const seqs = (joined: ReturnType<typeof join>) =>
  joined.outcome === 'append' ? joined.records.map(({ seq }) => seq) : joined.outcome;

test('only what is new is appended, however much is repeated', () => {
  fc.assert(
    fc.property(fc.nat(30), fc.nat(30), fc.nat(30), (held, from, length) => {
      const all = chain('a', 90);
      const arrived = all.slice(Math.min(from, held), Math.min(from, held) + length);
      const joined = join(all.slice(0, held), arrived);
      const last = Math.max(held, Math.min(from, held) + length);
      expect(seqs(joined)).toEqual(all.slice(held, last).map(({ seq }) => seq));
    }),
  );
});

test('a missing record is a gap', () => {
  expect(seqs(join(chain('a', 3), chain('a', 6).slice(4)))).toBe('gap');
});

test('another log under the same name is told apart, by repetition and by continuation', () => {
  expect(seqs(join(chain('a', 3), chain('b', 3)))).toBe('replaced');
  expect(seqs(join(chain('a', 3), chain('b', 4).slice(3)))).toBe('replaced');
});

test('a record without the name that it had makes the log begin anew, the same again does not', () => {
  const entered = (alias: string) =>
    ({ ...chain('a', 1)[0], event: { type: 'entered', entry: { alias } } }) as LogRecord;
  expect(seqs(join([entered('Ann')], [entered('Ann')]))).toEqual([]);
  expect(seqs(join([entered('Ann')], [entered('Racer 482913')]))).toBe('replaced');
});
