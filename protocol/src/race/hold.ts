import { mayGo } from './decide-turn.js';
import type { RaceEvent, RaceEventType, Stamp } from './events.js';
import type { RaceReplay } from './replay.js';
import type { RunState } from './state.js';

/** Whether the car of the run that has the track may go, or will by itself, and since when it has stood where it may not. */
export interface Going {
  readonly runId: string | null;
  readonly goes: boolean;
  readonly stoodSince: Stamp | null;
}

const goes = (run: RunState): boolean => mayGo(run) || run.countdown !== null;

export function goingOf(replay: RaceReplay): Going {
  const run = replay.seq === 0 ? undefined : replay.current;
  if (run === undefined) return { runId: null, goes: false, stoodSince: null };
  return { runId: run.runId, goes: goes(run), stoodSince: replay.stoodSince(run.runId) };
}

/** What a person did to make a car go, and the end of the countdown that they started. */
const causes: ReadonlySet<RaceEventType> = new Set<RaceEventType>([
  'run-started',
  'countdown-started',
  'countdown-ended',
  'resumed',
  'practice-started',
]);

export const startsCar = (event: RaceEvent): boolean => causes.has(event.type);

/**
 * Only a person starts a car. Where a correction, an undo or a crossing that came late made a run go again whose car stands, it is
 * paused, and its clock has stood since its car does. To be asked after each append, again until it answers undefined.
 * @param before how it was before the first of `events`
 * @param events all that was appended since
 */
export function holdAfter(
  before: Going,
  replay: RaceReplay,
  events: readonly RaceEvent[],
  now: Stamp,
): RaceEvent | undefined {
  // A car that Pitwall does not drive was told nothing: it may never have stood.
  if (replay.setup.car === 'any') return undefined;
  const { runId, goes: goesNow } = goingOf(replay);
  if (!goesNow || runId === null || (before.goes && before.runId === runId) || events.some(startsCar)) return undefined;
  const hold = (since: Stamp): RaceEvent => ({ type: 'paused', runId, by: 'correction', since });
  const tried = events.filter(({ type }) => type === 'paused').length;
  // Where it stood last; where an undo was undone, when that came; at the latest now.
  const undone = events.flatMap((event) => (event.type === 'undone' ? [replay.records[event.target - 1]?.at] : []))[0];
  const places = [before.runId === runId ? before.stoodSince : null, undone ?? null].filter((at) => at !== null);
  return hold(places[tried] ?? now);
}
