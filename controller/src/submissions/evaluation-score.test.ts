import { Evaluation } from '@pitwall/protocol/api';
import type { RankingRule } from '@pitwall/protocol/ranking';
import { expect, it } from 'vitest';
import { evaluationScore } from './evaluation-score.js';

const bestLap: RankingRule = { ranking: { by: 'best-lap' }, qualifying: 1 };
const hash = 'a'.repeat(64);

/** A time in seconds finished the lap; a text is how it was left: "43 2 1" is 43 %, twice off the track, one crash. */
const evaluation = (...laps: readonly (number | string)[]): Evaluation =>
  Evaluation.parse({
    model: { hash, name: 'model' },
    track: { id: 'oval', version: 1, direction: 'clockwise' },
    rules: { hash, name: 'Rules' },
    simulatorVersion: '1',
    seed: 0,
    chosen: '7',
    checkpoints: [
      {
        checkpoint: '7',
        meanProgressPct: 50,
        meanLapTime: null,
        laps: laps.map((lap, index) => {
          const [progressPct = 100, offTracks = 0, collisions = 0] =
            typeof lap === 'string' ? lap.split(' ').map(Number) : [];
          const time = typeof lap === 'number' ? lap * 1_000_000 : null;
          return { lap: index + 1, trial: 1, time, progressPct, resets: 0, offTracks, collisions };
        }),
      },
    ],
  });

it('is worth what the race counts', () => {
  expect(evaluationScore(evaluation(9, 8, '50'), bestLap)).toMatchObject({ score: { score: 8_000_000 }, reason: null });
  const average: RankingRule = { ranking: { by: 'average', laps: 2 }, qualifying: 2 };
  expect(evaluationScore(evaluation(9, '50', 8, 10), average)).toMatchObject({
    score: { score: 9_000_000, bestLap: 8_000_000 },
  });
});

it.each([
  [
    evaluation('43 2 1', '12'),
    bestLap,
    'finished no lap: it left the track twice and crashed once, and came to 43% at best.',
  ],
  [evaluation('99.99 1'), bestLap, 'finished no lap: it left the track once, and came to 99% at best.'],
  [evaluation('43 0 5'), bestLap, 'finished no lap: it crashed 5 times, and came to 43% at best.'],
  [evaluation('0'), bestLap, 'finished no lap: it stopped, and came to 0% at best.'],
  [evaluation(), bestLap, 'drove no lap before time ran out.'],
  [
    evaluation(9, '50', 9),
    { ranking: { by: 'best-lap' }, qualifying: 2 },
    'finished 1 lap in a row; this race asks for 2.',
  ],
  [
    evaluation(9, 9, '5'),
    { ranking: { by: 'average', laps: 3 }, qualifying: 1 },
    'finished 2 laps in a row; this race asks for 3.',
  ],
  [
    evaluation(9, '50', 9),
    { ranking: { by: 'total', laps: 3 }, qualifying: 1 },
    'finished 2 laps; the total of 3 laps needs 3.',
  ],
] as [Evaluation, RankingRule, string][])('says in one sentence why it is not ranked (%#)', (found, rule, reason) => {
  expect(evaluationScore(found, rule)).toEqual({ score: null, reason: `Its best checkpoint, 7, ${reason}` });
});
