import type { StandingsRow, Submission } from '@pitwall/protocol/api';
import { describe, expect, it } from 'vitest';
import type { XY } from '../track/index.js';
import { sortedActions } from './actions.js';
import { choicesOf, secondsText, stretchPath } from './comparison.js';

const row = (resultId: string, alias: string, rank: number) =>
  ({ resultId, alias, rank, score: 9_000_000 + rank }) as unknown as StandingsRow;
const submission = (id: string, state: string) =>
  ({
    submission: id,
    racer: 'ada',
    model: { name: 'owl' },
    status: { state, score: 11_000_000 },
  }) as unknown as Submission;

describe('what a result is compared with', () => {
  it('is everyone on the board and one’s own others, each once, never itself', () => {
    const choices = choicesOf(
      'a1',
      [row('b1', 'Bo', 1), row('a1', 'Ada', 2)],
      [submission('a1', 'ranked'), submission('a2', 'ranked'), submission('a3', 'failed'), submission('b1', 'ranked')],
    );
    expect(choices).toEqual([
      { id: 'b1', text: '1. Bo, 9.000' },
      { id: 'a2', text: 'ada: owl, 11.000' },
    ]);
  });

  it.each([
    [123_456, '+0.123 s'],
    [-1_002_000, '−1.002 s'],
    [0, '+0.000 s'],
  ])('%d µs is %s', (micros, text) => expect(secondsText(micros)).toBe(text));
});

describe('a stretch of the track', () => {
  const square: XY[] = [
    [0, 0],
    [1, 0],
    [1, 1],
    [0, 1],
  ];
  it.each([
    [false, 0, 50, '0,0 1,0 1,-1'],
    [false, 12.5, 37.5, '0.5,0 1,0 1,-0.5'],
    [false, 75, 100, '0,-1 0,0'],
    [true, 0, 25, '0,0 0,-1'],
    [true, 50, 75, '1,-1 1,0'],
  ])('reversed %s, %d%% to %d%%', (reversed, from, to, points) => {
    expect(stretchPath(square, reversed, from, to)).toBe(points);
  });
});

it('actions are shown from the sharpest left to the sharpest right, slow before fast', () => {
  const action = (steeringDeg: number, speedMps: number) => ({ steeringDeg, speedMps });
  const sorted = sortedActions([action(-30, 1), action(0, 2), action(0, 1), action(30, 1)]);
  expect(sorted?.map(({ index }) => index)).toEqual([3, 2, 1, 0]);
  expect(sortedActions(null)).toBeNull();
});
