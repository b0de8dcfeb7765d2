import type { StandingsRow, Submission } from '@pitwall/protocol/api';
import { lapTime } from '../times/index.js';
import type { XY } from '../track/index.js';
import { words } from '../words/index.js';

/** What a result can be compared with: everyone's on the board, then one's own others that were evaluated. */
export function choicesOf(
  id: string,
  rows: readonly StandingsRow[],
  own: readonly Submission[],
): { readonly id: string; readonly text: string }[] {
  const board = rows.map(({ resultId, rank, alias, score }) => ({
    id: resultId as string,
    text: `${rank}. ${alias}, ${lapTime(score)}`,
  }));
  const others = own.flatMap(({ submission, model, status, racer }) =>
    status.state === 'ranked'
      ? [{ id: submission as string, text: `${racer}: ${model.name}, ${lapTime(status.score)}` }]
      : [],
  );
  const seen = new Set([id]);
  return [...board, ...others].filter((choice) => !seen.has(choice.id) && seen.add(choice.id));
}

/** "+0.123 s", "−1.002 s": above 0 is slower. */
export function secondsText(micros: number): string {
  return words.evaluation.signedSeconds(micros < 0 ? '−' : '+', lapTime(Math.abs(micros)));
}

/** Points of an SVG polyline along the centre line, from one percent of the lap to another, in the direction of the race. */
export function stretchPath(centre: readonly XY[], reversed: boolean, fromPct: number, toPct: number): string {
  const closed = [...centre, centre[0] as XY];
  const way = reversed ? closed.toReversed() : closed;
  const along = [0];
  for (const [index, [x, y]] of way.slice(1).entries()) {
    const [x0, y0] = way[index] as XY;
    along.push((along.at(-1) as number) + Math.hypot(x - x0, y - y0));
  }
  const length = along.at(-1) as number;
  const at = (percent: number): XY => {
    const wanted = (Math.min(100, Math.max(0, percent)) / 100) * length;
    const next = Math.max(
      1,
      along.findIndex((here) => here >= wanted),
    );
    const [from, to] = [along[next - 1] as number, along[next] as number];
    const part = to > from ? (wanted - from) / (to - from) : 0;
    const [[x0, y0], [x1, y1]] = [way[next - 1] as XY, way[next] as XY];
    return [x0 + part * (x1 - x0), y0 + part * (y1 - y0)];
  };
  const between = way.filter((_, index) => {
    const percent = (100 * (along[index] as number)) / length;
    return percent > fromPct && percent < toPct;
  });
  return [at(fromPct), ...between, at(toPct)].map(([x, y]) => `${round(x)},${round(-y)}`).join(' ');
}

/** Millimetres; and no −0. */
const round = (value: number): number => Math.round(value * 1000) / 1000 + 0;
