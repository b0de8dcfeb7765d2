import type { Lap, LogRecord, RaceState, RunCrossing, RunState } from '@pitwall/protocol/race';
import { words } from '../staff-words/index.js';

/** A lap in doubt that nobody decided about. */
export type DoubtfulLap = Lap & {
  readonly crossing: number;
  readonly time: NonNullable<Lap['time']>;
  readonly doubt: NonNullable<Lap['doubt']>;
};

const isDoubtful = (lap: Lap): lap is DoubtfulLap => lap.doubt !== null && lap.crossing !== null && lap.time !== null;

/** The laps in doubt of a run, in their order. */
export const doubtfulLaps = ({ laps }: RunState): DoubtfulLap[] => laps.filter(isDoubtful);

/** The lap in doubt that a key is about: the one that was chosen (by the crossing that closes it), else the latest. */
export function doubtfulLap(run: RunState, chosen: number | null): DoubtfulLap | undefined {
  const laps = doubtfulLaps(run);
  return laps.find(({ crossing }) => crossing === chosen) ?? laps.at(-1);
}

/** A crossing, and the lap that it is about. */
export interface Target {
  readonly crossing: number;
  /** Null: it neither begins nor ends one. */
  readonly lap: number | null;
}

const lapAt = ({ laps }: RunState, crossing: number): number | null =>
  (laps.find((lap) => lap.crossing === crossing) ?? laps.find((lap) => lap.opening === crossing))?.lap ?? null;

const isBoundary = ({ use }: RunCrossing): boolean => use === 'opens' || use === 'closes';

/** What *Ignore* takes: of the lap in doubt the crossing that may be none, else the latest boundary. */
export function crossingToIgnore(run: RunState, chosen: number | null): Target | undefined {
  const lap = doubtfulLap(run, chosen);
  if (lap !== undefined) {
    const { crossing } = lap.other.find(({ as }) => as === 'none') ?? lap.other[0] ?? lap;
    if (run.crossings.some(({ seq, use }) => seq === crossing && use !== 'ignored')) return { crossing, lap: lap.lap };
  }
  const latest = run.crossings.findLast(isBoundary);
  return latest === undefined ? undefined : { crossing: latest.seq, lap: lapAt(run, latest.seq) };
}

/** Crossings that were taken for no boundary, and that somebody may say are one. */
const readable: ReadonlySet<RunCrossing['use']> = new Set([
  'short',
  'early',
  'leaves-the-box',
  'not-driven',
  'jump-start',
  'while-paused',
  'no-boundary',
]);

/** What *The other reading* takes: a lap in doubt, else the latest crossing that was taken for no boundary. */
export function crossingToRead(run: RunState, chosen: number | null): Target | undefined {
  const lap = doubtfulLap(run, chosen);
  if (lap !== undefined && lap.other.length > 0) return { crossing: lap.crossing, lap: lap.lap };
  const latest = run.crossings.findLast(({ use }) => readable.has(use));
  return latest === undefined ? undefined : { crossing: latest.seq, lap: null };
}

export interface LapToSplit {
  readonly lap: number;
  readonly crossing: number;
  /** As many as its time has usual laps, 2 at least. */
  readonly parts: number;
  /** More parts would be shorter than laps may be. */
  readonly most: number;
}

/** As many as a lap can be split into. */
const mostParts = 10;

/** How one lap could be split; undefined where it has no time, is split already, or is too short for two. */
export function splitOf(run: RunState, { lap, crossing, measured, part }: Lap, min: number): LapToSplit | undefined {
  if (crossing === null || measured === null || part !== null) return undefined;
  const most = Math.min(mostParts, Math.floor(measured / min));
  if (most < 2) return undefined;
  const others = run.laps
    .flatMap((one) => (one.valid && one.lap !== lap && one.measured !== null ? [one.measured as number] : []))
    .sort((a, b) => a - b);
  const usual = others[others.length >> 1];
  const parts = usual === undefined ? 2 : Math.min(most, Math.max(2, Math.round(measured / usual)));
  return { lap, crossing, parts, most };
}

/** What *Split* takes: the latest lap in which the gate may have missed the car, else the latest that can be split. */
export function lapToSplit(run: RunState, min: number): LapToSplit | undefined {
  const laps = run.laps.filter((lap) => splitOf(run, lap, min) !== undefined);
  const lap = laps.findLast(({ marks }) => marks.includes('missed-crossing')) ?? laps.at(-1);
  return lap === undefined ? undefined : splitOf(run, lap, min);
}

export interface MovableIncident {
  readonly incident: number;
  readonly kind: 'reset' | 'off-track' | 'collision';
  /** The lap before it. */
  readonly lap: number;
}

/** So soon after a boundary a hand at a key means the lap that has just ended, µs. */
const soon = 5_000_000;

/** The latest incident of a run, where it was noted so soon after a lap ended that it may belong to that lap. */
export function incidentToMove(
  run: RunState,
  { undone }: Pick<RaceState, 'undone'>,
  records: readonly LogRecord[],
): MovableIncident | undefined {
  const stands = records.filter(({ seq }) => !undone.includes(seq));
  const latest = stands.findLast(({ event }) => event.type === 'incident' && event.runId === run.runId);
  if (latest?.event.type !== 'incident') return undefined;
  if (stands.some(({ event }) => event.type === 'incident-moved' && event.incident === latest.seq)) return undefined;
  const since = ({ at }: RunCrossing): number => (at.bootId === latest.at.bootId ? latest.at.at - at.at : Infinity);
  const before = run.crossings.findLast((row) => isBoundary(row) && since(row) >= 0);
  // After the end it belongs to the last lap already.
  const { overAt } = run;
  const isAfterEnd = overAt !== null && overAt.bootId === latest.at.bootId && latest.at.at > overAt.at;
  if (before === undefined || since(before) > soon || isAfterEnd) return undefined;
  const ended = run.laps.find(({ crossing }) => crossing === before.seq);
  return ended === undefined ? undefined : { incident: latest.seq, kind: latest.event.kind, lap: ended.lap };
}

const twoDigits = (value: number): string => String(value).padStart(2, '0');

/** When the line was crossed, by the clock on the wall, to a tenth of a second. */
export function crossingClock({ seq, at }: Pick<RunCrossing, 'seq' | 'at'>, records: readonly LogRecord[]): string {
  const record = records[seq - 1];
  if (record === undefined) return words.marshal.record(seq);
  // A crossing is recorded when it arrives, and was before that.
  const ago = record.at.bootId === at.bootId ? (record.at.at - at.at) / 1000 : 0;
  const when = new Date(Math.floor((record.epoch - ago) / 100) * 100);
  const [hours, minutes, seconds] = [when.getHours(), when.getMinutes(), when.getSeconds()].map(twoDigits);
  return `${hours}:${minutes}:${seconds}.${when.getMilliseconds() / 100}`;
}

/** The crossing and the lap that a button is about. */
export function targetWords({ crossing, lap }: Target, run: RunState, records: readonly LogRecord[]): string {
  const row = run.crossings.find(({ seq }) => seq === crossing);
  const clock = row === undefined ? words.marshal.recordCrossing(crossing) : crossingClock(row, records);
  return lap === null ? clock : words.marshal.clockAndLap(clock, lap);
}

/** How many `short` crossings in a row say that laps are shorter than the rules allow. */
const inARow = 3;

/** Whether the latest crossings of a run were all too soon after a boundary. */
export function lapsAreShorter({ crossings }: Pick<RunState, 'crossings'>): boolean {
  const told = crossings.filter(({ use }) => use !== 'same-passage' && use !== 'ignored');
  return told.length >= inARow && told.slice(-inARow).every(({ use }) => use === 'short');
}
