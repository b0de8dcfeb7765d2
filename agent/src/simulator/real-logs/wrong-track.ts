import type { SimtraceRow } from '@pitwall/protocol/simtrace';
import type { Track } from '@pitwall/protocol/track';
import { quantile } from './log-replay.js';

/** Lengths of one track differ by the points that a file has of it: of real logs and routes by less than 0.3%. */
const lengthShare = 0.01;

/** Why a log was not driven on this track, in one sentence; undefined where it may have been. */
export function wrongTrack(rows: readonly SimtraceRow[], track: Track): string | undefined {
  const loggedM = quantile(
    rows.map(({ trackLengthM }) => trackLengthM),
    0.5,
  );
  if (Math.abs(loggedM - track.lengthM) > lengthShare * track.lengthM) {
    return `This log was driven on another track: its own is ${loggedM.toFixed(2)} m long, ${track.name} is ${track.lengthM.toFixed(2)} m. What follows says nothing.`;
  }
  const asideM = quantile(
    rows.map(({ x, y }) => track.locate(x, y).distance),
    0.5,
  );
  if (asideM > track.widthM) {
    return `This log was driven on another track, or in another frame: half of its rows lie more than ${asideM.toFixed(2)} m from the centre line of ${track.name}. What follows says nothing.`;
  }
  return undefined;
}
