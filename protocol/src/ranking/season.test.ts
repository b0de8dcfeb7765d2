import { expect, it } from 'vitest';
import { seasonStandings } from './index.js';

const points = [25, 18, 15, 12];
const race = (leaderboard: string, ...order: string[]) => ({ leaderboard, order });
const said = (...args: Parameters<typeof seasonStandings>) =>
  seasonStandings(...args).map(({ rank, racer, points }) => `${rank} ${racer} ${points}`);

it('adds the points of places', () => {
  const races = [race('one', 'ann', 'ben', 'cat'), race('two', 'ben', 'ann', 'dan', 'cat', 'eve')];
  expect(said(races, { points, bestOf: null })).toEqual(['1 ann 43', '1 ben 43', '3 cat 27', '4 dan 15']);
});

it('counts the best of each racer’s races', () => {
  const races = [race('one', 'ann', 'ben'), race('two', 'ben', 'ann'), race('three', 'cat', 'dan', 'ben', 'ann')];
  expect(said(races, { points, bestOf: 2 })).toEqual(['1 ann 43', '1 ben 43', '3 cat 25', '4 dan 18']);
  const [ann] = seasonStandings(races, { points, bestOf: 2 });
  expect(ann?.races.map(({ counts }) => counts)).toEqual([true, true, false]);
});

it('lets the better place decide among equal points', () => {
  const races = [race('one', 'ann', 'ben', 'cat'), race('two', 'x', 'ben', 'cat')];
  expect(said(races, { points: [4, 2, 1], bestOf: null }).slice(0, 3)).toEqual(['1 ann 4', '1 x 4', '3 ben 4']);
});
