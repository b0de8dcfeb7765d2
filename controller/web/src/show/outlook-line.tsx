import type { RaceState, RunState, Stamp } from '@pitwall/protocol/race';
import { type Needed, neededFor, type Outlook, outlookOf } from '@pitwall/protocol/show';
import { runTimes } from '../race/index.js';
import { words } from '../show-words/index.js';
import { gapTime, lapTime } from '../times/index.js';

/** Where the run will probably end, by what clocks say now. */
export function outlookNow(state: RaceState, run: RunState, now: Stamp | null): Outlook | null {
  const { left, lap } = runTimes(run, now);
  return outlookOf(state, run, { left, lap });
}

export function neededNow(state: RaceState, run: RunState, place: number, now: Stamp | null): Needed | null {
  const { left, lap } = runTimes(run, now);
  return neededFor(state, run, place, { left, lap });
}

export interface OutlookText {
  readonly place: string;
  readonly score: string;
  readonly range: string;
  /** To the lead; empty where nobody else leads. */
  readonly gap: string;
  readonly laps: string;
}

/** An outlook in words, with how sure it is. */
export function outlookText(outlook: Outlook, state: RaceState, run: RunState): OutlookText {
  const { score, from, to, place, best, worst, lapsLeft } = outlook;
  const leader = state.standings.find((one) => one.racer !== run.racer && one.score !== null)?.score ?? null;
  const isSure = best === worst;
  return {
    place: isSure ? words.show.projectedPlace(place) : words.show.projectedPlaces(place, best, worst),
    score: `≈ ${lapTime(score)}`,
    range: words.show.between(lapTime(from), lapTime(to)),
    gap: leader === null ? '' : words.show.behindLeader(gapTime(score, leader)),
    laps: lapsLeft === null ? '' : words.show.lapsLeft(lapsLeft),
  };
}
