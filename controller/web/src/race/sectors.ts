import type { RaceState, RunState, Sector } from '@pitwall/protocol/race';

export interface SectorView {
  /** From 1 in each lap. */
  readonly sector: number;
  readonly time: number | null;
  readonly uncertainty: number;
  /** `best`: of all runs in this race; `own`: of this racer; `slower`: neither; `void`: no time, or the lap does not count. */
  readonly rank: 'best' | 'own' | 'slower' | 'void';
}

/** The fastest time of each sector in laps that count. */
function bestSectors(runs: readonly RunState[]): number[] {
  const best: number[] = [];
  for (const { laps } of runs)
    for (const { valid, sectors } of laps)
      for (const [place, { time }] of sectors.entries())
        if (valid && time !== null) best[place] = Math.min(best[place] ?? Infinity, time);
  return best;
}

/** Ranks sectors of the laps of a run against those of the race; `valid`: whether the lap counts, or still may. */
export function sectorRanks(
  run: RunState,
  state: RaceState,
): (sectors: readonly Sector[], valid: boolean) => SectorView[] {
  const timed = state.runs.filter(({ phase, kind }) => phase !== 'discarded' && kind === 'timed');
  const own = bestSectors([run, ...timed.filter(({ racer }) => run.racer !== null && racer === run.racer)]);
  const all = bestSectors([run, ...timed]);
  const rank = (time: number | null, place: number, valid: boolean): SectorView['rank'] => {
    if (time === null || !valid) return 'void';
    if (time <= (all[place] ?? Infinity)) return 'best';
    return time <= (own[place] ?? Infinity) ? 'own' : 'slower';
  };
  return (sectors, valid) =>
    sectors.map(({ time, uncertainty }, place) => ({
      sector: place + 1,
      time,
      uncertainty,
      rank: rank(time, place, valid),
    }));
}

/** The lap under way where its course has splits: its number and its sectors so far. */
export function lapUnderWay(run: RunState, state: RaceState): { lap: number; sectors: SectorView[] } | null {
  const { underWay } = run;
  if (underWay === null || underWay.sectors.length === 0) return null;
  return { lap: underWay.lap, sectors: sectorRanks(run, state)(underWay.sectors, true) };
}
