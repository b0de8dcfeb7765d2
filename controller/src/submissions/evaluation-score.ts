import { percentText } from '@pitwall/protocol';
import type { Evaluation } from '@pitwall/protocol/api';
import { metricInWords, type RankingRule, type Score, type ScoredLap, scoreOf } from '@pitwall/protocol/ranking';

/** The laps of the chosen checkpoint. */
export function chosenLaps({ checkpoints, chosen }: Evaluation): Evaluation['checkpoints'][number]['laps'] {
  return checkpoints.find(({ checkpoint }) => checkpoint === chosen)?.laps ?? [];
}

/** The fastest of the chosen checkpoint's finished laps, of equal ones the first; undefined where it finished none. */
export function bestLapOf(evaluation: Evaluation): { readonly lap: number; readonly time: number } | undefined {
  return chosenLaps(evaluation)
    .flatMap(({ lap, time }) => (time === null ? [] : [{ lap, time }]))
    .reduce<{ lap: number; time: number } | undefined>(
      (best, one) => (best === undefined || one.time < best.time ? one : best),
      undefined,
    );
}

/** As the board scores them: the simulator's clock runs through penalties, so they are in the times. */
const scored = (laps: ReturnType<typeof chosenLaps>): ScoredLap[] =>
  laps.map(({ lap, time }) => ({ lap, time: time ?? 0, penalty: 0, uncertainty: 0, valid: time !== null }));

/** What an evaluation is worth; where it is not ranked, `reason` says why in one sentence. */
export function evaluationScore(
  evaluation: Evaluation,
  rule: RankingRule,
): { readonly score: Score; readonly reason: null } | { readonly score: null; readonly reason: string } {
  const laps = chosenLaps(evaluation);
  const score = scoreOf(scored(laps), rule);
  return score === undefined ? { score: null, reason: whyNot(laps, evaluation.chosen, rule) } : { score, reason: null };
}

function whyNot(laps: ReturnType<typeof chosenLaps>, checkpoint: string, { ranking, qualifying }: RankingRule): string {
  const finished = laps.filter(({ time }) => time !== null).length;
  if (finished === 0) {
    const furthest = [...laps].sort((a, b) => b.progressPct - a.progressPct)[0];
    if (furthest === undefined) return `Its best checkpoint, ${checkpoint}, drove no lap before time ran out.`;
    const { offTracks, collisions, progressPct } = furthest;
    const off = offTracks > 0 ? `left the track ${times(offTracks)}` : '';
    const hit = collisions > 0 ? `crashed ${times(collisions)}` : '';
    const what = [off, hit].filter((part) => part !== '').join(' and ') || 'stopped';
    return `Its best checkpoint, ${checkpoint}, finished no lap: it ${what}, and came to ${percentText(progressPct)} at best.`;
  }
  const needed = Math.max(qualifying, ranking.by === 'average' ? ranking.laps : 1);
  if (ranking.by === 'total' && longestRun(laps) >= needed)
    return `Its best checkpoint, ${checkpoint}, finished ${lapsOf(finished)}; the ${metricInWords(ranking)} needs ${ranking.laps}.`;
  return `Its best checkpoint, ${checkpoint}, finished ${lapsOf(longestRun(laps))} in a row; this race asks for ${needed}.`;
}

const times = (count: number): string => (count === 1 ? 'once' : count === 2 ? 'twice' : `${count} times`);
const lapsOf = (count: number): string => (count === 1 ? '1 lap' : `${count} laps`);

function longestRun(laps: ReturnType<typeof chosenLaps>): number {
  let longest = 0;
  let run = 0;
  for (const { time } of [...laps].sort((a, b) => a.lap - b.lap)) {
    run = time === null ? 0 : run + 1;
    longest = Math.max(longest, run);
  }
  return longest;
}
