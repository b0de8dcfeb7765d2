import type { Micros } from '../../brand.js';
import type { Corrections } from '../corrections.js';
import type { RunRules } from '../run-rules.js';
import type { Lap, LapMark } from '../state.js';
import type { Judged } from './judged.js';
import { isByHand, standsFor } from './passage.js';

const noMarks: LapMark[] = Object.freeze<LapMark[]>([]) as LapMark[];

/** A bound below is one, however short the lap, µs. */
const unboundedFrom = 1_000_000;

interface LapContext {
  readonly number: number;
  /** The record of the crossing that closed it. */
  readonly crossing: number | null;
  /** So long that the gate may have missed the car. */
  readonly tooLong: boolean;
  readonly rules: RunRules;
  readonly corrections: Corrections;
}

/** A lap as it stands by the rules. One in doubt does not count until somebody says so. */
export function lapOf(judged: Judged, { number, crossing, tooLong, rules, corrections }: LapContext): Lap {
  const { span, measured } = judged;
  const { tally, driver } = span;
  const begin = span.from.passage.crossings[0];
  const opening = begin.spot === 'signal' ? null : begin.seq;
  const given = crossing === null ? undefined : corrections.edits.get(crossing);
  // What was said of a lap is not said of its half, nor of two laps in one.
  const edit = given?.opening === undefined || given.opening === opening ? given : undefined;
  const resets = edit?.resets ?? tally.resets;
  const penalty = (edit?.penalty ??
    tally.offTracks * rules.penalties.offTrack + tally.collisions * rules.penalties.collision) as Micros;
  const uncertainty = measured?.uncertainty ?? (0 as Micros);
  // A bound as large as the lap itself bounds nothing.
  const unbounded = measured?.time != null && uncertainty >= unboundedFrom && uncertainty >= measured.time;
  const net = unbounded || judged.net === null ? null : (judged.net as Micros);
  const finished = span.ended === 'crossing';
  const warmUp = finished && number <= rules.warmUpLaps;
  const decidedBy = edit?.valid === undefined ? undefined : edit.by;
  const decided = judged.doubt !== null && decidedBy !== undefined ? { doubt: judged.doubt, by: decidedBy } : null;
  const doubt = decided === null ? judged.doubt : null;
  const marks: LapMark[] = [];
  if (net !== null && net < rules.min) marks.push('too-short');
  if (net !== null && net > rules.plausible.max) marks.push('too-long');
  if (rules.resets.perLap !== null && resets > rules.resets.perLap) marks.push('too-many-resets');
  if (net !== null && rules.largestUncertainty !== null && uncertainty > rules.largestUncertainty)
    marks.push('too-uncertain');
  if (warmUp) marks.push('warm-up');
  const valid = finished && net !== null && (edit?.valid ?? (marks.length === 0 && doubt === null));
  if (tally.pauses > 0) marks.push('paused');
  if (measured?.interrupted === true) marks.push('interrupted');
  if (finished && net === null) marks.push('unmeasured');
  if (tooLong) marks.push('missed-crossing');
  if (finished && [span.from, span.to].some((end) => end !== null && isByHand(standsFor(end.passage))))
    marks.push('by-hand');
  if (edit !== undefined) marks.push('edited');
  const lap: Lap = {
    lap: number,
    ended: span.ended,
    crossing,
    opening,
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
    sectors:
      span.splits?.sectors(
        rules.splits,
        span.from.passage,
        span.to === null ? null : { passage: span.to.passage, paused: tally.paused },
      ) ?? [],
    car: edit?.car ?? driver.car,
    model: edit?.model ?? driver.model,
    speed: driver.speed,
    part: null,
    doubt,
    other: doubt === null ? [] : judged.other,
    decided,
  };
  // A spread in a literal this long takes four times as long.
  if (driver.scale !== undefined) lap.scale = driver.scale;
  return lap;
}

/**
 * A lap in which crossings were missed, as so many: equal parts that add up to it exactly. None of them took less than `min`, so that
 * each is uncertain by half of the largest difference that two of them can have.
 */
export function partsOf(lap: Lap, parts: number, min: Micros): Lap[] {
  const { measured, time } = lap;
  if (measured === null || time === null) return [lap];
  const uncertainty = Math.max(lap.uncertainty, Math.ceil((measured - parts * min) / 2)) as Micros;
  return Array.from({ length: parts }, (_, index) => {
    const share = (Math.floor((measured * (index + 1)) / parts) - Math.floor((measured * index) / parts)) as Micros;
    const last = index === parts - 1;
    return {
      ...lap,
      lap: lap.lap + index,
      crossing: last ? lap.crossing : null,
      measured: share,
      penalty: last ? lap.penalty : (0 as Micros),
      time: (share + (last ? lap.penalty : 0)) as Micros,
      uncertainty,
      marks: [...lap.marks.filter((mark) => mark !== 'missed-crossing'), 'split'],
      resets: last ? lap.resets : 0,
      offTracks: last ? lap.offTracks : 0,
      collisions: last ? lap.collisions : 0,
      sectors: [],
      part: { first: lap.lap, of: parts },
    };
  });
}
