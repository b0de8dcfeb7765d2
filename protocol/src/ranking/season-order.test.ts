import { describe, expect, it } from 'vitest';
import { seasonStandings } from './index.js';

const race = (leaderboard: string, ...order: string[]) => ({ leaderboard, order });
const ranks = (...args: Parameters<typeof seasonStandings>) =>
  seasonStandings(...args).map(({ rank, racer, points }) => `${rank} ${racer} ${points}`);

describe('a season’s standings', () => {
  it('say of each racer every race, in the order of the races, and which of them count', () => {
    const races = [race('one', 'ann', 'ben'), race('two', 'ben'), race('three', 'ben', 'ann')];
    expect(seasonStandings(races, { points: [3, 1], bestOf: 2 })).toEqual([
      {
        rank: 1,
        racer: 'ben',
        points: 6,
        races: [
          { race: 0, leaderboard: 'one', place: 2, points: 1, counts: false },
          { race: 1, leaderboard: 'two', place: 1, points: 3, counts: true },
          { race: 2, leaderboard: 'three', place: 1, points: 3, counts: true },
        ],
      },
      {
        rank: 2,
        racer: 'ann',
        points: 4,
        races: [
          { race: 0, leaderboard: 'one', place: 1, points: 3, counts: true },
          { race: 2, leaderboard: 'three', place: 2, points: 1, counts: true },
        ],
      },
    ]);
  });

  it('give nobody behind the last points a row', () => {
    expect(ranks([race('one', 'ann', 'ben', 'cat')], { points: [2, 1], bestOf: null })).toEqual(['1 ann 2', '2 ben 1']);
    expect(ranks([], { points: [1], bestOf: null })).toEqual([]);
  });

  it('put the better of equal points first by its best place, then by its next', () => {
    // Both have 4: ann a first and a fourth place, ben two seconds.
    const points = [3, 2, 2, 1];
    const races = [race('one', 'ann', 'ben', 'x', 'y'), race('two', 'x', 'ben', 'y', 'ann')];
    expect(ranks(races, { points, bestOf: null })).toEqual(['1 x 5', '2 ann 4', '3 ben 4', '4 y 3']);
  });

  it('compare the places that count alone', () => {
    const points = [5, 3, 3];
    // ann's second race does not count, and ben's third place there does not either: equal, in order of id.
    const races = [race('one', 'ann'), race('two', 'ben', 'ann'), race('three', 'x', 'ann', 'ben')];
    expect(ranks(races, { points, bestOf: 1 })).toEqual(['1 ann 5', '1 ben 5', '1 x 5']);
  });

  it('let who has one place more be before, of otherwise equal ones', () => {
    const races = [race('one', 'ben'), race('two', 'ann'), race('three', 'x', 'y', 'z', 'ben')];
    expect(ranks(races, { points: [2, 1, 1, 0], bestOf: null })).toEqual([
      '1 ben 2',
      '2 ann 2',
      '2 x 2',
      '4 y 1',
      '5 z 1',
    ]);
  });

  it('count of two races with equal points the one with the better place', () => {
    const races = [race('one', 'x', 'y', 'ann'), race('two', 'x', 'ann', 'y')];
    const row = seasonStandings(races, { points: [2, 1, 1], bestOf: 1 }).find(({ racer }) => racer === 'ann');
    expect(row?.races.map(({ counts }) => counts)).toEqual([false, true]);
  });
});
