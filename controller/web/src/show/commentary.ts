import type { RacerId } from '@pitwall/protocol';
import type { Lap, RaceState, RunState } from '@pitwall/protocol/race';

const timed = (state: RaceState): RunState[] =>
  state.runs.filter(({ phase, kind }) => phase !== 'discarded' && kind === 'timed');
const isMeasured = (lap: Lap): lap is Lap & { readonly time: NonNullable<Lap['time']> } =>
  lap.valid && lap.time !== null;

export interface Best {
  readonly time: number;
  readonly racer: RacerId | null;
}

/** The fastest valid lap of all, or of one. */
export function bestLapOf(state: RaceState, racer?: RacerId | null): Best | null {
  let best: Best | null = null;
  for (const run of timed(state))
    for (const { time } of run.laps.filter(isMeasured))
      if ((racer === undefined || run.racer === racer) && (best === null || time < best.time))
        best = { time, racer: run.racer };
  return best;
}

/** The fastest time of each sector in valid laps, of all or of one; null where nobody has one. */
export function bestSectorsOf(state: RaceState, racer?: RacerId | null): (Best | null)[] {
  const best: (Best | null)[] = Array.from(
    { length: state.setup.splits === undefined ? 0 : state.setup.splits.length + 1 },
    () => null,
  );
  for (const run of timed(state)) {
    if (racer !== undefined && run.racer !== racer) continue;
    for (const { sectors } of run.laps.filter(isMeasured))
      for (const [index, { time }] of sectors.entries()) {
        const known = best[index];
        if (time !== null && (known == null || time < known.time)) best[index] = { time, racer: run.racer };
      }
  }
  return best;
}

/** The lap times of a racer's latest run that has any; null: a lap without a time, or one that does not count. */
export function lapTimesOf(state: RaceState, racer: RacerId | null): (number | null)[] {
  const run = timed(state).findLast((one) => one.racer === racer && one.laps.length > 0);
  return (run?.laps ?? []).map(({ time, valid }) => (valid ? time : null));
}

/** Earlier runs of a racer in this race, the latest first. */
export const runsOf = (state: RaceState, racer: RacerId | null, but?: string): RunState[] =>
  timed(state)
    .filter((run) => run.racer === racer && run.runId !== but)
    .toReversed();
