import type { EpochMs, GateId, Micros } from '@pitwall/protocol';
import type { ResultInput } from '@pitwall/protocol/api';
import type { CarPresence } from '@pitwall/protocol/messages';
import type { Lap, RaceState, RunState } from '@pitwall/protocol/race';
import type { RunResult } from '../ports.js';

/** The largest uncertainty that each gate had in a run; splits time no lap. */
function gatesOf(run: RunState, state: RaceState): { gate: GateId; uncertainty: Micros }[] {
  const worst = new Map<GateId, Micros>();
  for (const { gate, uncertainty } of run.crossings)
    if (gate !== null && state.setup.splits?.includes(gate) !== true)
      worst.set(gate, Math.max(worst.get(gate) ?? 0, uncertainty) as Micros);
  if (worst.size === 0) for (const gate of state.setup.gates) worst.set(gate, 0 as Micros);
  return [...worst].map(([gate, uncertainty]) => ({ gate, uncertainty }));
}

/** A finished lap as measured, with its penalty, and what is to be known of it. */
function lapOf(lap: Lap): ResultInput['laps'] {
  const {
    measured,
    penalty,
    uncertainty,
    valid,
    resets,
    offTracks,
    model,
    part,
    marks,
    decided,
    speed,
    scale = 100,
  } = lap;
  if (measured === null) return [];
  return [
    {
      lap: lap.lap,
      time: measured,
      penalty,
      uncertainty,
      valid,
      resets,
      offTracks,
      model,
      ...(part === null ? {} : { part }),
      ...(marks.includes('by-hand') ? { byHand: true as const } : {}),
      ...(marks.includes('from-paper') ? { fromPaper: true as const } : {}),
      ...(decided === null ? {} : { decided }),
      ...(speed === 100 ? {} : { speed }),
      ...(scale === 100 ? {} : { scale }),
    },
  ];
}

/**
 * What a run gives the leaderboard: its finished laps as measured, each with its penalty; one that was given up has no
 * time and is no part of it. Null where the race sends nothing, or the run is nobody's.
 */
export function runResultOf(
  state: RaceState,
  run: RunState,
  {
    source,
    withdrawn,
    revision,
    epoch,
    simulator,
  }: {
    source: string;
    withdrawn: boolean;
    revision: number;
    epoch: EpochMs;
    /** Of the car, where it is a simulated one. */
    simulator: CarPresence['simulator'];
  },
): RunResult | null {
  const { setup, rulesHash, race } = state;
  const entry = state.entries.find(({ racer }) => racer === run.racer);
  if (setup.leaderboard === null || rulesHash === null || entry === undefined) return null;
  const model = entry.models.find(({ hash }) => hash === run.model);
  const result: ResultInput = {
    resultId: run.runId,
    revision,
    withdrawn,
    racer: entry.racer,
    alias: entry.alias,
    ...(entry.country === undefined ? {} : { country: entry.country }),
    ...(entry.division === undefined ? {} : { division: entry.division }),
    finishedAt: run.confirmedAt ?? epoch,
    track: { ...setup.track, direction: setup.rules.direction },
    rules: { hash: rulesHash, name: setup.rules.name },
    model: model ?? null,
    laps: run.laps.flatMap(lapOf),
    ...(state.logVersion === 1 ? {} : { reading: state.logVersion }),
    provenance:
      setup.car === 'simulated'
        ? {
            kind: 'virtual',
            source,
            race,
            simulatorVersion: simulator?.version ?? 'unknown',
            seed: simulator?.seed ?? 0,
            // The car drives by the archive's own best, as it does on the road.
            checkpoint: 'best',
          }
        : { kind: 'physical', source, race, gates: gatesOf(run, state), car: run.car },
  };
  return { leaderboard: setup.leaderboard, result };
}
