import type { RacerId } from '@pitwall/protocol';
import type { Doubt, Lap, LapMark, RaceState, RunState } from '@pitwall/protocol/race';
import { lapTime } from '../times/index.js';
import { type SectorView, sectorRanks } from './sectors.js';

/** How a run stands, in the words that a screen shows, and the tone in which it shows them. */
export interface PhaseView {
  readonly word: string;
  readonly detail: string | null;
  readonly tone: 'idle' | 'go' | 'warn' | 'stop' | 'done';
}

const pauses: Record<NonNullable<RunState['pausedBy']>, PhaseView> = {
  marshal: { word: 'Paused', detail: null, tone: 'warn' },
  'red-flag': { word: 'Red flag', detail: 'The track is closed', tone: 'stop' },
  'e-stop': { word: 'Emergency stop', detail: 'The car is stopped', tone: 'stop' },
  'technical-stop': { word: 'Technical stop', detail: 'Work on the car', tone: 'warn' },
  'did-not-finish': { word: 'Paused', detail: 'The lap was not finished', tone: 'warn' },
  correction: {
    word: 'Paused',
    detail: 'The run is open again: Go on (P) when the car is on the track',
    tone: 'warn',
  },
};

const endings: Record<NonNullable<RunState['overBy']>, string> = {
  finish: 'Ended by the marshal',
  time: 'Time is up',
  laps: 'All laps driven',
};

export function phaseView(run: RunState): PhaseView {
  switch (run.phase) {
    case 'called':
      return { word: 'Called', detail: 'Please come to the track', tone: 'idle' };
    case 'staged':
      return { word: 'Staged', detail: 'Checking car and model', tone: 'idle' };
    case 'ready':
      if (run.countdown !== null) return { word: 'Starting', detail: null, tone: 'go' };
      if (run.rolling) return { word: 'Rolling start', detail: 'The first crossing starts the clock', tone: 'go' };
      return { word: 'Ready', detail: null, tone: 'idle' };
    case 'running':
      if (run.lastLap) return { word: 'Last lap', detail: 'Time is up; this lap may finish', tone: 'warn' };
      return { word: run.kind === 'practice' ? 'Practice' : 'Running', detail: null, tone: 'go' };
    case 'paused':
      return pauses[run.pausedBy ?? 'marshal'];
    case 'over':
      return { word: 'Over', detail: run.overBy === null ? null : endings[run.overBy], tone: 'done' };
    case 'confirmed':
      return { word: 'Confirmed', detail: 'The result stands', tone: 'done' };
    case 'discarded':
      return { word: 'Discarded', detail: 'This run does not count', tone: 'done' };
  }
}

const markWords: Record<LapMark, string> = {
  'too-short': 'too short',
  'too-long': 'too long',
  'too-many-resets': 'too many resets',
  'too-uncertain': 'too uncertain',
  paused: 'paused in it',
  interrupted: 'timing restarted in it',
  unmeasured: 'not measured',
  edited: 'edited',
  'missed-crossing': 'missed crossing?',
  split: 'part of a split lap',
  'from-paper': 'from paper',
  'by-hand': 'by hand',
  'warm-up': 'warm-up',
};

/** Why a lap is in doubt, for who decides about it. */
export const doubtWords: Record<Doubt, string> = {
  short: 'began or ended later? the line was crossed again soon after',
  opening: 'began earlier? the line was crossed before',
  'half-lap': 'half a lap? something crossed the line in it',
  'too-fast': 'too fast for this car?',
  carried: 'carried? faster than the best lap, and somebody had the car in their hands',
  pause: 'ended in the pause? the car rolled over the line',
  'jump-start': 'began in the countdown? the car crossed the line before the signal',
};

const givenUp: Record<Exclude<Lap['ended'], 'crossing'>, string> = {
  'did-not-finish': 'did not finish',
  'technical-stop': 'technical stop',
  reset: 'reset to the start line',
};

export interface LapRow {
  readonly lap: number;
  readonly time: number | null;
  readonly uncertainty: number;
  readonly penalty: number;
  /** `best`: of all runs in this race; `own`: of this racer; `void`: no time, or it does not count. */
  readonly rank: 'best' | 'own' | 'counts' | 'void';
  /** What there is to say about it, in words. */
  readonly notes: readonly string[];
  /** What an edit of the lap names; null where no crossing closed it. */
  readonly crossing: number | null;
  /** None where the course has no splits. */
  readonly sectors: readonly SectorView[];
}

const counted = (count: number, one: string, many: string): string[] =>
  count === 0 ? [] : [`${count} ${count === 1 ? one : many}`];

const bestOf = (laps: readonly Lap[]): number =>
  laps.reduce((least, { valid, time }) => (valid && time !== null && time < least ? time : least), Infinity);

/** The laps of a run, the latest first, the best ones marked. */
export function lapRows(run: RunState, state: RaceState): LapRow[] {
  const timed = state.runs.filter(({ phase, kind }) => phase !== 'discarded' && kind === 'timed');
  const own = run.racer === null ? [run] : [run, ...timed.filter(({ racer }) => racer === run.racer)];
  const sessionBest = Math.min(...[run, ...timed].map(({ laps }) => bestOf(laps)));
  const ownBest = Math.min(...own.map(({ laps }) => bestOf(laps)));
  const rank = ({ valid, time }: Lap): LapRow['rank'] => {
    if (!valid || time === null) return 'void';
    if (time === sessionBest) return 'best';
    return time === ownBest ? 'own' : 'counts';
  };
  const sectors = sectorRanks(run, state);
  return run.laps
    .map((lap) => ({
      lap: lap.lap,
      time: lap.time,
      uncertainty: lap.uncertainty,
      penalty: lap.penalty,
      rank: rank(lap),
      notes: notesOf(lap),
      crossing: lap.crossing,
      sectors: sectors(lap.sectors, lap.valid),
    }))
    .reverse();
}

function notesOf(lap: Lap): string[] {
  const notes = [
    ...(lap.ended === 'crossing' ? [] : [givenUp[lap.ended as Exclude<Lap['ended'], 'crossing'>] ?? 'not finished']),
    ...(lap.doubt === null ? [] : ['in doubt']),
    ...lap.marks.map((mark) => markWords[mark]),
    ...(lap.decided === null ? [] : [`decided by ${lap.decided.by}`]),
    ...counted(lap.resets, 'reset', 'resets'),
    ...counted(lap.offTracks, 'off-track', 'off-tracks'),
    ...counted(lap.collisions, 'collision', 'collisions'),
  ];
  return !lap.valid && notes.length === 0 ? ['does not count'] : notes;
}

/** The run to show the crowd: the one on the track, else the last one that was there and counts. */
export const crowdRun = (state: RaceState): RunState | undefined =>
  state.runs.find(({ runId }) => runId === state.current) ?? state.runs.findLast(({ phase }) => phase !== 'discarded');

/** A racer's alias, as entered. */
export function aliasOf(state: RaceState, racer: RacerId | null): string {
  if (racer === null) return 'Practice';
  return state.entries.find((entry) => entry.racer === racer)?.alias ?? racer;
}

export const countryOf = (state: RaceState, racer: RacerId | null): string | undefined =>
  state.entries.find((entry) => entry.racer === racer)?.country;

/** A sentence for people who do not see the screen, said when something happened. */
export function announcement(run: RunState, state: RaceState): string {
  const { word, detail } = phaseView(run);
  const latest = lapRows(run, state)[0];
  const lap =
    latest === undefined
      ? ''
      : ` Lap ${latest.lap}: ${latest.time === null ? 'no time' : lapTime(latest.time)}${
          latest.rank === 'best' ? ', best of the race' : latest.rank === 'void' ? ', does not count' : ''
        }.`;
  return `${aliasOf(state, run.racer)}: ${word}${detail === null ? '' : `, ${detail}`}.${lap}`;
}
