import type { StopOutcome } from '@pitwall/protocol/api';
import { expect, it } from 'vitest';
import { answersOf } from './stop-all.js';

const car = (id: string, over: object) => ({
  car: id,
  answer: 'stopped',
  message: null,
  safety: 'faulted',
  took: 38_000,
  status: 'online',
  heardAgo: 100_000,
  ...over,
});

it('says who stands and who is missing, the missing first', () => {
  const stop = {
    cars: [
      car('blue', {}),
      car('gone', { answer: 'silent', took: null, safety: null, status: 'lost', heardAgo: 7_400_000 }),
      car('new', { answer: 'silent', took: null, safety: null, status: 'unknown', heardAgo: null }),
      car('off', { answer: 'silent', took: null, safety: null, status: 'offline' }),
      car('red', { answer: 'refused', message: 'it is too old', safety: 'driving' }),
      car('slow', { answer: 'waiting', took: null }),
    ],
  } as unknown as StopOutcome;
  expect(answersOf(stop).map(({ car: id, said: { text, tone }, isMissing }) => [id, text, tone, isMissing])).toEqual([
    ['gone', 'no answer; last heard 7 s ago', 'bad', true],
    ['new', 'no answer; never heard', 'bad', true],
    ['red', 'refused: it is too old (driving)', 'bad', true],
    ['slow', 'no answer yet', 'warn', true],
    ['blue', 'stands, after 38 ms', 'good', false],
    ['off', 'is off', 'unknown', false],
  ]);
});
