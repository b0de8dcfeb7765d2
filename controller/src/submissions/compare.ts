import { PitwallError } from '@pitwall/protocol';
import type { Comparison } from '@pitwall/protocol/api';
import { csvRecords } from '@pitwall/runtime/csv';

/** A lap as driven: at which share of it, in percent, the car was after how long, µs. Both grow. */
export interface Driven {
  readonly percent: readonly number[];
  readonly time: readonly number[];
  readonly lengthM: number;
  /** From where to where steps are whole, percent: the line cuts the first and the last, and with them what they say of speed. */
  readonly whole: readonly [from: number, to: number];
}

type Curves = Pick<Comparison, 'percent' | 'mineTime' | 'otherTime' | 'mineSpeed' | 'otherSpeed' | 'gap' | 'stretches'>;

/** Points along the lap, beside its start. */
const points = 200;
/** Parts of the lap that are judged as one. */
const parts = 20;

/** Two laps of one track, place by place. */
export function compareLaps(mine: Driven, other: Driven): Curves {
  const percent = Array.from({ length: points + 1 }, (_, index) => (100 * index) / points);
  const mineTime = percent.map((place) => timeAt(mine, place));
  const otherTime = percent.map((place) => timeAt(other, place));
  const gap = mineTime.map((time, index) => time - (otherTime[index] as number));
  return {
    percent,
    mineTime: mineTime as Curves['mineTime'],
    otherTime: otherTime as Curves['otherTime'],
    mineSpeed: speeds(mineTime, mine),
    otherSpeed: speeds(otherTime, other),
    gap,
    stretches: stretchesOf(gap),
  };
}

/** When the car first reached a place, µs from the start of the lap, between two steps by the straight line. */
function timeAt({ percent, time }: Driven, place: number): number {
  let low = 0;
  let high = percent.length - 1;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((percent[middle] as number) < place) low = middle + 1;
    else high = middle;
  }
  const [at, to] = [time[low] as number, percent[low] as number];
  const [before, from] = [time[low - 1] ?? at, percent[low - 1] ?? to];
  const share = to > from ? Math.min(1, Math.max(0, (place - from) / (to - from))) : 1;
  return Math.round(before + share * (at - before));
}

/** m/s from each place to the next; where steps are not whole, that of the nearest place where they are. */
function speeds(times: readonly number[], { lengthM, whole }: Driven): number[] {
  const stepM = lengthM / points;
  const first = Math.min(points - 1, Math.ceil((whole[0] * points) / 100));
  const last = Math.max(first, Math.floor((whole[1] * points) / 100) - 1);
  return times.map((_, index) => {
    const from = Math.min(last, Math.max(first, index));
    const took = ((times[from + 1] as number) - (times[from] as number)) / 1e6;
    return took <= 0 ? 0 : Math.round((1000 * stepM) / took) / 1000;
  });
}

function stretchesOf(gap: readonly number[]): Curves['stretches'] {
  const width = points / parts;
  return Array.from({ length: parts }, (_, part) => {
    const [from, to] = [part * width, (part + 1) * width];
    const change = (gap[to] as number) - (gap[from] as number);
    return { fromPct: (100 * from) / points, toPct: (100 * to) / points, change };
  })
    .filter(({ change }) => change !== 0)
    .sort((a, b) => Math.abs(b.change) - Math.abs(a.change) || a.fromPct - b.fromPct)
    .slice(0, 5);
}

/**
 * A finished lap as a simulator log has it, step by step; `time` is what was measured, µs, and the log's thousandths count
 * back from there. Progress that falls back (the car was set down further behind) counts from where it is made good.
 * @throws PitwallError `not-found` where the log has no such lap.
 */
export function lapIn(simtrace: string, { lap, time }: { readonly lap: number; readonly time: number }): Driven {
  const number = (row: Readonly<Record<string, string>>, name: string) => Number(row[name]);
  // Laps are counted from 1, the log's episodes from 0.
  const rows = csvRecords(simtrace).filter((row) => number(row, 'episode') === lap - 1);
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined || !(number(last, 'progress') >= 100))
    throw new PitwallError('not-found', `The log has no finished lap ${lap} to compare with.`);
  const percent = [0];
  const times = [0];
  for (const row of rows) {
    const progress = number(row, 'progress');
    if (!(progress > (percent.at(-1) as number))) continue;
    percent.push(Math.min(100, progress));
    const left = Math.round((number(last, 'tstamp') - number(row, 'tstamp')) * 1e6);
    times.push(Math.max(0, time - left));
  }
  const whole = [percent[1] ?? 0, percent.at(-2) ?? 100] as const;
  return { percent, time: times, lengthM: number(first, 'track_len'), whole };
}
