import type { RacerId } from '@pitwall/protocol';
import type { Doubt, Lap, LapMark, RaceState, RunState } from '@pitwall/protocol/race';
import { words } from '../words/index.js';
import { type SectorView, sectorRanks } from './sectors.js';

/** How a run stands, in the words that a screen shows, and the tone in which it shows them. */
export interface PhaseView {
  readonly word: string;
  readonly detail: string | null;
  readonly tone: 'idle' | 'go' | 'warn' | 'stop' | 'done';
}

const pauses: Record<NonNullable<RunState['pausedBy']>, PhaseView> = {
  marshal: { word: words.common.paused, detail: null, tone: 'warn' },
  'red-flag': { word: words.common.redFlag, detail: words.race.theTrackIsClosed, tone: 'stop' },
  'e-stop': { word: words.common.emergencyStop, detail: words.race.theCarIsStopped, tone: 'stop' },
  'technical-stop': { word: words.common.technicalStop, detail: words.race.workOnTheCar, tone: 'warn' },
  'did-not-finish': { word: words.common.paused, detail: words.race.theLapWasNotFinished, tone: 'warn' },
  correction: {
    word: words.common.paused,
    detail: words.race.theRunIsOpenAgain,
    tone: 'warn',
  },
};

const endings: Record<NonNullable<RunState['overBy']>, string> = {
  finish: words.race.endedByTheMarshal,
  time: words.common.timeIsUp,
  laps: words.race.allLapsDriven,
};

export function phaseView(run: RunState): PhaseView {
  switch (run.phase) {
    case 'called':
      return { word: words.race.called, detail: words.race.pleaseComeToTheTrack, tone: 'idle' };
    case 'staged':
      return { word: words.race.staged, detail: words.race.checkingCarAndModel, tone: 'idle' };
    case 'ready':
      if (run.countdown !== null) return { word: words.race.starting, detail: null, tone: 'go' };
      if (run.rolling)
        return { word: words.common.rollingStart, detail: words.common.theFirstCrossingStartsThe, tone: 'go' };
      return { word: words.common.ready, detail: null, tone: 'idle' };
    case 'running':
      if (run.lastLap) return { word: words.common.lastLap, detail: words.race.timeIsUpThisLap, tone: 'warn' };
      return { word: run.kind === 'practice' ? words.common.practice : words.common.running, detail: null, tone: 'go' };
    case 'paused':
      return pauses[run.pausedBy ?? 'marshal'];
    case 'over':
      return { word: words.race.over, detail: run.overBy === null ? null : endings[run.overBy], tone: 'done' };
    case 'confirmed':
      return { word: words.race.confirmed, detail: words.race.theResultStands, tone: 'done' };
    case 'discarded':
      return { word: words.race.discarded, detail: words.race.thisRunDoesNotCount, tone: 'done' };
  }
}

const markWords: Record<LapMark, string> = {
  'too-short': words.race.tooShort,
  'too-long': words.race.tooLong,
  'too-many-resets': words.race.tooManyResets,
  'too-uncertain': words.race.tooUncertain,
  paused: words.race.pausedInIt,
  interrupted: words.race.timingRestartedInIt,
  unmeasured: words.race.notMeasured,
  edited: words.race.edited,
  'missed-crossing': words.race.missedCrossing,
  split: words.race.partOfASplitLap,
  'from-paper': words.race.fromPaper,
  'by-hand': words.common.byHand,
  'warm-up': words.race.warmUp,
};

/** Why a lap is in doubt, for who decides about it. */
export const doubtWords: Record<Doubt, string> = {
  short: words.race.beganOrEndedLaterThe,
  opening: words.race.beganEarlierTheLineWas,
  'half-lap': words.race.halfALapSomethingCrossed,
  'too-fast': words.race.tooFastForThisCar,
  carried: words.race.carriedFasterThanTheBest,
  pause: words.race.endedInThePauseThe,
  'jump-start': words.race.beganInTheCountdownThe,
};

const givenUp: Record<Exclude<Lap['ended'], 'crossing'>, string> = {
  'did-not-finish': words.race.didNotFinish,
  'technical-stop': words.race.technicalStop,
  reset: words.race.resetToTheStartLine,
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

const counted = (count: number, text: (count: number) => string): string[] => (count === 0 ? [] : [text(count)]);

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
    ...(lap.ended === 'crossing'
      ? []
      : [givenUp[lap.ended as Exclude<Lap['ended'], 'crossing'>] ?? words.race.notFinished]),
    ...(lap.doubt === null ? [] : [words.race.inDoubt]),
    ...lap.marks.map((mark) => markWords[mark]),
    ...(lap.decided === null ? [] : [words.race.decided(lap.decided.by)]),
    ...counted(lap.resets, words.common.resetCount),
    ...counted(lap.offTracks, words.common.offTrackCount),
    ...counted(lap.collisions, words.common.collisionCount),
  ];
  return !lap.valid && notes.length === 0 ? [words.race.doesNotCount] : notes;
}

/** The run to show the crowd: the one on the track, else the last one that was there and counts. */
export const crowdRun = (state: RaceState): RunState | undefined =>
  state.runs.find(({ runId }) => runId === state.current) ?? state.runs.findLast(({ phase }) => phase !== 'discarded');

/** A racer's alias, as entered. */
export function aliasOf(state: RaceState, racer: RacerId | null): string {
  if (racer === null) return words.common.practice;
  return state.entries.find((entry) => entry.racer === racer)?.alias ?? racer;
}

export const countryOf = (state: RaceState, racer: RacerId | null): string | undefined =>
  state.entries.find((entry) => entry.racer === racer)?.country;
