import type { CarId, Micros, Sha256 } from '../../brand.js';
import type { LapEdit } from '../corrections.js';
import type { Tally } from '../lap-reading.js';
import type { RaceRules } from '../rules.js';
import type { Lap, LapMark, Sector } from '../state.js';
import type { Measured } from './measure.js';

export const noTally = (): Tally => ({
  resets: 0,
  offTracks: 0,
  collisions: 0,
  paused: 0 as Micros,
  pauses: 0,
  stops: 0,
});

const noMarks: LapMark[] = Object.freeze<LapMark[]>([]) as LapMark[];

export interface LapEnd {
  readonly number: number;
  readonly ended: Lap['ended'];
  readonly crossing: number | null;
  /** Null: the signal. */
  readonly opening: number | null;
  /** Null: it was given up. */
  readonly measured: Measured | null;
  readonly sectors: Sector[];
  readonly tally: Tally;
  readonly car: CarId | null;
  readonly model: Sha256 | null;
  readonly edit: LapEdit | undefined;
}

/** A lap as it stands by the rules. A doubtful one is marked and does not count until a marshal says that it does. */
export function lapOf(end: LapEnd, rules: RaceRules): Lap {
  const { tally, edit, measured } = end;
  const resets = edit?.resets ?? tally.resets;
  const penalty = (edit?.penalty ??
    tally.offTracks * rules.penalties.offTrack + tally.collisions * rules.penalties.collision) as Micros;
  const net =
    measured === null || measured.time === null || tally.paused === null
      ? null
      : (Math.max(0, measured.time - tally.paused) as Micros);
  const uncertainty = measured?.uncertainty ?? (0 as Micros);
  const marks: LapMark[] = [];
  if (net !== null && net < rules.plausible.min) marks.push('too-short');
  if (net !== null && net > rules.plausible.max) marks.push('too-long');
  if (rules.resets.perLap !== null && resets > rules.resets.perLap) marks.push('too-many-resets');
  if (measured !== null && rules.largestUncertainty !== null && uncertainty > rules.largestUncertainty)
    marks.push('too-uncertain');
  const valid = end.ended === 'crossing' && net !== null && (edit?.valid ?? marks.length === 0);
  if (tally.pauses > 0) marks.push('paused');
  if (measured?.interrupted === true) marks.push('interrupted');
  if (end.ended === 'crossing' && net === null) marks.push('unmeasured');
  if (edit !== undefined) marks.push('edited');
  return {
    lap: end.number,
    ended: end.ended,
    crossing: end.crossing,
    opening: end.opening,
    time: net === null ? null : ((net + penalty) as Micros),
    measured: net,
    penalty,
    uncertainty,
    valid,
    // Nearly all laps have none, and a long race has many laps.
    marks: marks.length === 0 ? noMarks : marks,
    resets,
    offTracks: tally.offTracks,
    collisions: tally.collisions,
    sectors: end.sectors,
    car: edit?.car ?? end.car,
    model: edit?.model ?? end.model,
    speed: 100,
    part: null,
    doubt: null,
    other: [],
    decided: null,
  };
}
