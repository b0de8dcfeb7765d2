import type { Standings, StandingsRow } from '@pitwall/protocol/api';
import { expect, test } from 'vitest';
import { isFresh, rowNames } from './fresh-rows.js';

const row = (racer: string, score: number, kind: 'physical' | 'virtual' = 'physical') =>
  ({ racer, score, kind, resultId: `result-of-${racer}` }) as unknown as StandingsRow;
const board = (physical: StandingsRow[], virtual: StandingsRow[] = []) =>
  ({ physical, virtual }) as unknown as Standings;

test('nothing is new at first sight', () => {
  expect(isFresh(row('ada', 1), undefined)).toBe(false);
});

test('a new racer, a better score, and the other column are new; what stood there is not', () => {
  const before = rowNames(board([row('ada', 9)], [row('bo', 8, 'virtual')]));
  expect(isFresh(row('ada', 9), before)).toBe(false);
  expect(isFresh(row('ada', 7), before)).toBe(true);
  expect(isFresh(row('cy', 9), before)).toBe(true);
  expect(isFresh(row('bo', 8), before)).toBe(true);
  expect(isFresh(row('bo', 8, 'virtual'), before)).toBe(false);
});
