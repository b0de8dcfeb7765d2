import type { RacerId } from '../brand.js';
import { PitwallError } from '../errors.js';
import type { Entry } from './events.js';
import type { RaceReplay } from './replay.js';
import type { RaceState, RunPhase, RunState } from './state.js';

export function refuse(message: string, details: Record<string, unknown> = {}): never {
  throw new PitwallError('race-refused', message, { details });
}

export function phaseIs(state: RaceState, ...phases: readonly RaceState['phase'][]): void {
  if (!phases.includes(state.phase)) refuse(`The race is ${state.phase}; this wants it ${phases.join(' or ')}.`);
}

export function entryOf(state: RaceState, racer: RacerId): Entry {
  return state.entries.find((entry) => entry.racer === racer) ?? refuse(`${racer} is not entered; enter them first.`);
}

export function runOf(replay: RaceReplay, runId: string): RunState {
  return replay.run(runId) ?? refuse(`There is no run ${runId} in this race.`);
}

export function runIn(replay: RaceReplay, runId: string, ...phases: readonly RunPhase[]): RunState {
  const run = runOf(replay, runId);
  if (!phases.includes(run.phase)) refuse(`The run is ${run.phase}; this wants it ${phases.join(' or ')}.`);
  return run;
}

export function trackIsFree(replay: RaceReplay): void {
  const current = replay.current;
  if (current !== undefined)
    refuse(
      `${current.racer ?? 'A practice'} has the track (${current.phase}); confirm, discard or finish that first.`,
      { runId: current.runId },
    );
}

/** A run has the track until it is judged, a practice until it is over. */
export const holdsTrack = ({ kind, phase }: RunState): boolean =>
  phase !== 'confirmed' && phase !== 'discarded' && (kind === 'timed' || phase !== 'over');
