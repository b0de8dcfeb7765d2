import type { Micros, RacerId } from '../brand.js';
import { comparePlacings } from '../ranking/index.js';
import type { Entry } from './events.js';
import type { RaceStanding, RunState } from './state.js';

interface Placed {
  readonly run: RunState;
  readonly placing: { readonly score: number; readonly finishedAt: number; readonly resultId: string };
}

function placed(run: RunState): Placed | null {
  if (run.phase !== 'confirmed' || run.score === null) return null;
  return { run, placing: { score: run.score, finishedAt: run.confirmedAt ?? 0, resultId: run.runId } };
}

/** The better of two runs by measured milliseconds, equal ones by the earlier; a run without a score loses. */
export function betterRun(a: RunState | undefined, b: RunState | undefined): RunState | undefined {
  const [first, second] = [a === undefined ? null : placed(a), b === undefined ? null : placed(b)];
  if (first === null) return second?.run;
  if (second === null) return first.run;
  return comparePlacings(first.placing, second.placing) <= 0 ? first.run : second.run;
}

/** Everyone's best confirmed run of a stage, best first; who has none comes last, without a rank. */
export function standingsOf(
  entries: readonly Entry[],
  runs: readonly RunState[],
  stage: RunState['stage'],
): RaceStanding[] {
  const best = new Map<RacerId, RunState>();
  const attempts = new Map<RacerId, number>();
  for (const run of runs) {
    if (run.racer === null || run.stage !== stage) continue;
    if (run.counts) attempts.set(run.racer, (attempts.get(run.racer) ?? 0) + 1);
    const better = betterRun(best.get(run.racer), run);
    if (better !== undefined) best.set(run.racer, better);
  }
  const rows = entries.map((entry) => ({ entry, run: best.get(entry.racer) }));
  const ranked = rows
    .filter(({ run }) => run !== undefined)
    .sort((a, b) => comparePlacings(placed(a.run as RunState)!.placing, placed(b.run as RunState)!.placing));
  const unranked = rows.filter(({ run }) => run === undefined);
  return [...ranked, ...unranked].map(({ entry, run }, index) => {
    const next = ranked[index + 1]?.run;
    return {
      rank: run === undefined ? null : index + 1,
      racer: entry.racer,
      alias: entry.alias,
      score: run?.score ?? null,
      bestLap: run?.bestLap ?? null,
      uncertainty: run?.uncertainty ?? (0 as Micros),
      overlaps: run !== undefined && next !== undefined && overlap(run, next),
      runId: run?.runId ?? null,
      attempts: attempts.get(entry.racer) ?? 0,
    };
  });
}

const overlap = (a: RunState, b: RunState): boolean =>
  Math.abs((b.score ?? 0) - (a.score ?? 0)) <= a.uncertainty + b.uncertainty;
