import { onlinePresets, type Submission } from '@pitwall/protocol/api';
import { describe, expect, it } from 'vitest';
import { words } from '../words/index.js';
import { rulesInWords } from './rules-words.js';
import { bestOf, statusView } from './status-words.js';

const status = (value: object) => statusView(value as Submission['status']);

describe('what a submission is now', () => {
  it.each([
    [{ state: 'queued', place: 4 }, 'queued at place 4', null],
    [{ state: 'evaluating', progress: null }, 'being evaluated', null],
    [
      { state: 'evaluating', progress: { checkpoint: 3, checkpoints: 4, lap: 2, laps: 3 } },
      'checkpoint 3 of 4, lap 2 of 3',
      null,
    ],
    [
      { state: 'evaluating', progress: { checkpoint: 1, checkpoints: 1, lap: 1, laps: 1 } },
      'checkpoint 1 of 1, lap 1',
      null,
    ],
    [
      { state: 'ranked', rank: 12, of: 40, score: 9_812_345, bestLap: 9_812_345, counts: true },
      'ranked 12th of 40',
      '9.812',
    ],
    [
      { state: 'ranked', rank: 1, of: 2, score: 31_000_000, bestLap: 10_000_000, counts: false },
      'another one of yours counts',
      '31.000, best lap 10.000',
    ],
    [{ state: 'not-qualified', reason: 'It finished no lap.' }, 'did not qualify', 'It finished no lap.'],
    [{ state: 'failed', code: 'archive-invalid', reason: 'No model.' }, 'could not be evaluated', 'No model.'],
    [{ state: 'cancelled' }, 'cancelled', null],
  ])('%o', (value, text, detail) => expect(status(value)).toMatchObject({ text, detail }));

  it('can be cancelled only while it waits or is evaluated', () => {
    const pending = [{ state: 'queued', place: 1 }, { state: 'evaluating', progress: null }, { state: 'ranking' }].map(
      (value) => status(value).pending,
    );
    expect(pending).toEqual([true, true, false]);
  });

  it('moves on with each lap and each checkpoint', () => {
    const parts = [1, 2].flatMap((checkpoint) =>
      [1, 2, 3].map(
        (lap) => status({ state: 'evaluating', progress: { checkpoint, checkpoints: 2, lap, laps: 3 } }).part,
      ),
    );
    expect(parts).toEqual([...parts].sort((a, b) => (a ?? 0) - (b ?? 0)));
    expect(parts[0]).toBe(0);
    expect(parts.at(-1)).toBeLessThan(1);
  });
});

it.each([
  [1, '1st'],
  [2, '2nd'],
  [3, '3rd'],
  [4, '4th'],
  [11, '11th'],
  [12, '12th'],
  [13, '13th'],
  [21, '21st'],
  [102, '102nd'],
  [111, '111th'],
])('the %dth place is the %s', (rank, text) => expect(words.common.ordinal(rank)).toBe(text));

it('knows the submission that counts', () => {
  const ranked = (counts: boolean) => ({ status: { state: 'ranked', counts } }) as unknown as Submission;
  const counting = ranked(true);
  expect(bestOf([ranked(false), counting])).toBe(counting);
  expect(bestOf([ranked(false)])).toBeUndefined();
});

describe('rules', () => {
  it('of each preset, in words', () => {
    const all = Object.values(onlinePresets).map((rules) => rulesInWords(rules).map(({ rule }) => rule));
    expect(all[0]).toEqual([
      'time trial, alone on the track',
      '1 start, 3 laps each, counter-clockwise; every checkpoint of the model is tried, and the best one counts',
      'best lap',
      '20 min in all',
      'off track 2 s',
      'where the car left the track, at most 10 a lap',
    ]);
    expect(all[1]?.[2]).toBe('average of 3 consecutive laps; 3 laps in a row must be finished');
    expect(all[2]?.[0]).toBe('object avoidance, 4 boxes at random places');
    expect(all[2]?.[4]).toBe('off track 2 s, collision 5 s');
    expect(all[3]?.[0]).toBe('head to bot, 3 bots at 0.6 m/s, changing lanes every 2 to 5 s');
  });

  it('without resets', () => {
    const rules = { ...onlinePresets['time-trial'], resets: { perLap: 0, where: 'in-place' as const } };
    expect(rulesInWords(rules).at(-1)?.rule).toBe('none: the lap is over where the car leaves the track');
  });
});
