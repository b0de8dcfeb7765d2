import type { Track } from '@pitwall/protocol/track';
import type { SimtraceRow } from '../simulator/index.js';

/** What a player needs to show an evaluation again: the track's lines, and the car step by step. Lengths in metres. */
export interface Replay {
  readonly version: 1;
  readonly track: {
    readonly id: string;
    readonly name: string;
    readonly lengthM: number;
    readonly direction: string;
    /** x, y of each point. */
    readonly centre: readonly number[];
    readonly inner: readonly number[];
    readonly outer: readonly number[];
  };
  /** Names of the columns of `steps`. */
  readonly columns: readonly string[];
  readonly steps: readonly (readonly (number | string)[])[];
}

const columns = ['timeS', 'episode', 'x', 'y', 'yawDeg', 'steeringDeg', 'speedMps', 'progressPct', 'status'] as const;

export function replayOf(track: Track, rows: readonly SimtraceRow[]): Replay {
  const round = (value: number) => Math.round(value * 10_000) / 10_000;
  const line = ({ points }: { points: Float64Array }) => Array.from(points, round);
  return {
    version: 1,
    track: {
      id: track.id,
      name: track.name,
      lengthM: round(track.lengthM),
      direction: track.direction,
      centre: line(track.centre),
      inner: line(track.inner),
      outer: line(track.outer),
    },
    columns,
    steps: rows.map((row) =>
      columns.map((column) => (typeof row[column] === 'number' ? round(row[column]) : row[column])),
    ),
  };
}
