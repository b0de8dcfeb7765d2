import { PitwallError } from '@pitwall/protocol';
import type { Comparison } from '@pitwall/protocol/api';

/** A lap as driven: at which share of it, in percent, the car was after how long, µs. Both grow. */
export interface Driven {
  readonly percent: readonly number[];
  readonly time: readonly number[];
  readonly lengthM: number;
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
    mineSpeed: speeds(mineTime, mine.lengthM),
    otherSpeed: speeds(otherTime, other.lengthM),
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

/** m/s from each place to the next; the last is that of the one before. */
function speeds(times: readonly number[], lengthM: number): number[] {
  const stepM = lengthM / points;
  return times.map((_, index) => {
    const from = Math.min(index, points - 1);
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
 * The fastest finished lap in a simulator log. Progress that falls back (the car was set down further behind) counts from
 * where it is made good. @throws PitwallError `not-found` without a finished lap.
 */
export function bestLapIn(simtrace: string): Driven & { readonly lapTime: number } {
  const [header = '', ...lines] = simtrace.trim().split(/\r?\n/);
  const columns = header.split(',').map((name) => name.trim());
  const at = Object.fromEntries(
    ['episode', 'progress', 'track_len', 'tstamp', 'episode_status'].map((name) => [name, columns.indexOf(name)]),
  );
  const cell = (row: readonly string[], name: string) => row[at[name] ?? -1] ?? '';
  const laps = new Map<string, string[][]>();
  for (const line of lines) {
    const row = line.split(',');
    const episode = cell(row, 'episode');
    laps.set(episode, [...(laps.get(episode) ?? []), row]);
  }
  let best: (Driven & { readonly lapTime: number }) | undefined;
  let ended: number | undefined;
  for (const rows of laps.values()) {
    const first = rows[0] as string[];
    const seconds = (row: readonly string[]) => Number(cell(row, 'tstamp'));
    // A lap without a stop begins where the one before it ended; a start takes one step before its first row.
    const start = cell(first, 'episode_status') === 'prepare' ? seconds(first) - 1 / 15 : (ended ?? seconds(first));
    ended = seconds(rows.at(-1) as string[]);
    const driven = drivenOf(rows.map((row) => ({ percent: Number(cell(row, 'progress')), atS: seconds(row) - start })));
    if (driven === undefined) continue;
    const lapTime = driven.time.at(-1) as number;
    if (best === undefined || lapTime < best.lapTime)
      best = { ...driven, lengthM: Number(cell(first, 'track_len')), lapTime };
  }
  if (best === undefined) throw new PitwallError('not-found', 'There is no finished lap to compare with.');
  return best;
}

/** Undefined where the lap was not finished. */
function drivenOf(steps: readonly { percent: number; atS: number }[]): Pick<Driven, 'percent' | 'time'> | undefined {
  const percent = [0];
  const time = [0];
  for (const step of steps) {
    if (!(step.percent > (percent.at(-1) as number))) continue;
    percent.push(Math.min(100, step.percent));
    time.push(Math.max(0, Math.round(step.atS * 1e6)));
  }
  return (percent.at(-1) as number) >= 100 ? { percent, time } : undefined;
}
