import type { Submission } from '@pitwall/protocol/api';
import { expect, test } from 'vitest';
import { merged } from './submission-list.js';

const submission = (id: string, submittedAt: number, state = 'queued') =>
  ({ submission: id, submittedAt, status: { state } }) as unknown as Submission;

test('what was said replaces what was held, new ones come on top', () => {
  const list = merged([submission('b', 2), submission('a', 1)], [submission('a', 1, 'ranked'), submission('c', 3)]);
  expect(list.map((one) => [one.submission, one.status.state])).toEqual([
    ['c', 'queued'],
    ['b', 'queued'],
    ['a', 'ranked'],
  ]);
});

test('of the same instant the later id is first, whoever was heard first', () => {
  const [a, b] = [submission('a', 1), submission('b', 1)];
  expect(merged([a], [b])).toEqual(merged([b], [a]));
});
