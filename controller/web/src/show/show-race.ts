import type { RaceId } from '@pitwall/protocol';
import type { EventShow, RaceEventView, Scene } from '@pitwall/protocol/api';
import type { RaceState, RunState, Stamp } from '@pitwall/protocol/race';

/** What a screen can show; `auto` is none of them. */
export type Shown = Exclude<Scene, 'auto'>;

/** How long who has just finished is shown, µs. */
const spotlight = 30_000_000;
/** How long a screen with nobody on the track shows one thing, µs. */
const turn = 15_000_000;

/** The race that an event's screens show: the chosen one, the open one that comes last in the program, else the last that is over. */
export function raceOfScreens({ races }: Pick<RaceEventView, 'races'>, chosen: RaceId | null): RaceId | null {
  const here = races.filter(({ kind }) => kind !== 'online');
  const wanted = here.find(({ race }) => race === chosen);
  const open = here.findLast(({ phase }) => phase === 'open');
  const over = here.findLast(({ phase }) => phase === 'closed' || phase === 'official');
  return (wanted ?? open ?? over ?? here[0])?.race ?? null;
}

/** The run that ended last, and how long ago, µs; null: none, or nobody knows. */
export function lastFinished(state: RaceState, now: Stamp | null): { run: RunState; ago: number | null } | null {
  const ended = state.runs.filter(
    ({ phase, kind, overAt }) => phase !== 'discarded' && kind === 'timed' && overAt !== null,
  );
  const run = ended.at(-1);
  if (run?.overAt == null) return null;
  const isSame = now !== null && now.bootId === run.overAt.bootId;
  return { run, ago: isSame ? Math.max(0, now.at - run.overAt.at) : null };
}

export const onTrack = (state: RaceState): RunState | undefined =>
  state.runs.find(({ runId }) => runId === state.current);

/** What a screen shows now: what was asked for, where there is such a thing; by itself what happens. */
export function sceneOf(show: Pick<EventShow, 'scene' | 'pictures'>, state: RaceState, now: Stamp | null): Shown {
  const run = onTrack(state);
  const finished = lastFinished(state, now);
  switch (show.scene) {
    case 'auto':
      break;
    case 'run':
    case 'laps':
      return run === undefined && finished === null ? 'next' : show.scene;
    case 'spotlight':
      return finished === null ? 'standings' : 'spotlight';
    case 'pictures':
      return show.pictures.length === 0 ? 'standings' : 'pictures';
    default:
      return show.scene;
  }
  if (state.phase === 'closed' || state.phase === 'official') return 'podium';
  const isUnderWay = run !== undefined && run.phase !== 'over';
  if (isUnderWay && run.startedAt !== null) return 'run';
  if (finished?.ago != null && finished.ago < spotlight) return 'spotlight';
  if (isUnderWay) return 'run';
  const turns: Shown[] = ['standings', 'next', ...(show.pictures.length === 0 ? [] : ['pictures' as const])];
  return turns[Math.floor((now?.at ?? 0) / turn) % turns.length] as Shown;
}
