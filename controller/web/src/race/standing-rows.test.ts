import type { RacerId } from '@pitwall/protocol';
import type { RaceStanding } from '@pitwall/protocol/race';
import { expect, it } from 'vitest';
import { rowsToShow } from './standing-rows.js';

const standings = ['a', 'b', 'c', 'd', 'e'].map(
  (racer, index) => ({ racer, score: index === 1 ? null : 1000 * index }) as unknown as RaceStanding,
);
const shown = (room: number, now?: string) =>
  rowsToShow(standings, room, now as RacerId | undefined)
    .map(({ racer }) => racer)
    .join('');

it('shows as many as there is room for, those without a score last', () => {
  expect(shown(Number.POSITIVE_INFINITY)).toBe('acdeb');
  expect(shown(3)).toBe('acd');
  expect(shown(0)).toBe('a');
});

it('always shows who drives now', () => {
  expect(shown(3, 'c')).toBe('acd');
  expect(shown(3, 'e')).toBe('ace');
  expect(shown(3, 'b')).toBe('acb');
  expect(shown(1, 'e')).toBe('e');
  expect(shown(3, 'nobody')).toBe('acd');
});
