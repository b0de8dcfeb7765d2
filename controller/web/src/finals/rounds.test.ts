import { parse } from '@pitwall/protocol';
import { Heat } from '@pitwall/protocol/race';
import { expect, it } from 'vitest';
import { roundName, roundsOf } from './rounds.js';

const heat = (round: number, number: number, racers: [string | null, string | null]) =>
  parse(Heat, { round, heat: number, racers, winner: null }, 'a heat');

it('puts heats into their rounds, whatever order they come in', () => {
  const heats = [heat(1, 0, [null, null]), heat(0, 1, ['bo', 'cy']), heat(0, 0, ['ada', null])];
  expect(roundsOf(heats).map((round) => round.map(({ racers }) => racers))).toEqual([
    [
      ['ada', null],
      ['bo', 'cy'],
    ],
    [[null, null]],
  ]);
});

it('names rounds from the last one back', () => {
  expect([1, 2, 4, 8].map(roundName)).toEqual(['Final', 'Semi-finals', 'Quarter-finals', 'Last 16']);
});
