import type { Lap } from '../state.js';
import { askBeginning, askEnd } from './boundary-doubts.js';
import { type JudgeContext, type Judged, measureAll } from './judged.js';
import { lapOf, partsOf } from './lap.js';
import { missed } from './numbers.js';
import type { Span } from './span.js';
import { askCarried, askTime, isPlain } from './time-doubts.js';
import { anyUsual } from './usual.js';

/** The laps of a run as they stand: measured, in doubt where two readings are possible, and by the rules. */
export function judgeSpans(spans: readonly Span[], { rules, corrections, open }: JudgeContext): Lap[] {
  const laps = measureAll(spans, open);
  if (rules.asks) {
    // Each judges by what is usual without the laps that it judges, so that no doubt rests on another.
    for (let index = 0; index < laps.length; index += 1) askEnd(laps, index);
    for (let index = 0; index < laps.length; index += 1) askBeginning(laps, index);
    for (let index = 0; index < laps.length; index += 1) askCarried(laps, index);
    askTimes(laps, rules);
    // Parts of laps that were found tell nothing of whole ones any more.
    if (laps.some(({ doubt }) => doubt === 'half-lap' || doubt === 'carried')) askTimes(laps, rules);
  }
  const all: Lap[] = [];
  // A true lap is not twice as long as a half of one.
  const sure = laps.map((lap) => (lap.doubt === null ? lap : { ...lap, clean: false }));
  for (const [index, judged] of laps.entries()) {
    const crossing = judged.span.to?.passage.crossings[0].seq ?? null;
    const parts = crossing === null ? undefined : corrections.splits.get(crossing);
    const tooLong = rules.asks && isTooLong(sure, index);
    const lap = lapOf(judged, { number: all.length + 1, crossing, tooLong, rules, corrections });
    all.push(...(parts === undefined ? [lap] : partsOf(lap, parts, rules.min)));
  }
  return all;
}

function askTimes(laps: readonly Judged[], rules: JudgeContext['rules']): void {
  for (let index = 0; index < laps.length; index += 1) if (!isPlain(laps, index)) askTime(laps, index, rules);
}

/** Whether the gate may have missed the car in it. */
function isTooLong(laps: readonly Judged[], index: number): boolean {
  const { net, group } = laps[index] as Judged;
  if (net === null) return false;
  const usual = anyUsual(laps, group, [index]);
  return usual !== null && net >= missed * usual;
}
