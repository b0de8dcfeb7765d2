import { describe, expect, it } from 'vitest';
import { bestCheckpoint, type CheckpointSummary, summarise } from './choose-checkpoint.js';
import { LapCounter, type LapEnd } from './lap.js';
import { defaultRules, type EvaluationRules } from './rules.js';

/** A time in seconds finished the lap; below 0 it was left at so many percent. */
function checkpoint(number: number, laps: readonly number[], rules: EvaluationRules): CheckpointSummary {
  let now = 0;
  const records = laps.map((lap, i) => {
    const book = new LapCounter(i + 1, i + 1, now);
    now += lap > 0 ? lap * 1000 : 5000;
    const end: LapEnd = lap > 0 ? 'lap_complete' : 'off_track';
    return book.close(end, lap > 0 ? 100 : -lap, now);
  });
  return summarise({ checkpoint: String(number), number }, records, rules);
}
const choice = (rules: EvaluationRules, ...driven: readonly (readonly number[])[]) => {
  const summaries = driven.map((laps, i) => checkpoint(10 * (i + 1), laps, rules));
  const chosen = bestCheckpoint(summaries, rules.ranking);
  return [chosen?.best.checkpoint, chosen?.because];
};
const average: EvaluationRules = { ...defaultRules, ranking: { by: 'average', laps: 2 }, qualifying: 2 };

describe('the choice of a checkpoint', () => {
  it('is by the race’s ranking, not by progress', () => {
    expect(choice(defaultRules, [12, 12, 12], [9, -50, -40])).toEqual([
      '20',
      'It ranks first by what the race counts, best lap, 9.000, of the 2 of 2 checkpoints that qualify.',
    ]);
  });

  it('takes one that qualifies before one that came further', () => {
    expect(choice(average, [9, -99, 9, -99], [-10, 14, 14, -10])).toEqual([
      '20',
      'It is the only one of 2 checkpoints that qualifies (average of 2 consecutive laps, 14.000).',
    ]);
  });

  it('is by progress where none qualifies, cut and not rounded up', () => {
    expect(choice(defaultRules, [-40, -50], [-99.99, -99.99], [-3])).toEqual([
      '20',
      'None of the 3 checkpoints qualifies; it came furthest, 99.9% on average.',
    ]);
  });

  it('is the newer of equals', () => {
    expect(choice(defaultRules, [9], [9])[0]).toBe('20');
    expect(choice(defaultRules, [-40], [-40])[0]).toBe('20');
  });

  it('is the only one there is, or none', () => {
    expect(choice(defaultRules, [-40])).toEqual(['10', 'The model was tried with no other.']);
    expect(choice(defaultRules)).toEqual([undefined, undefined]);
  });
});
