import { TrackId } from '@pitwall/protocol';
import type { TrackOutline, UploadedTrack } from '@pitwall/protocol/api';
import { type ClosedPolyline, type ReadTrack, smallestRadius } from '@pitwall/protocol/track';

const millimetres = (value: number): number => Math.round(value * 1000) / 1000;

/** x, y of each point, m, to the millimetre. */
function pointsOf({ points, count }: ClosedPolyline): [number, number][] {
  const at = (index: number): number => millimetres(points[index] ?? 0);
  return Array.from({ length: count }, (_, index) => [at(2 * index), at(2 * index + 1)]);
}

/** A track as a map. */
export function outlineOf({ track, description }: ReadTrack, uploaded: boolean): TrackOutline {
  const { id, version, name, lengthM, widthM, direction, centre, inner, outer } = track;
  return {
    track: TrackId.parse(id),
    ...{ version, name, uploaded, lengthM, widthM, direction },
    description: description ?? null,
    outline: { centre: pointsOf(centre), inner: pointsOf(inner), outer: pointsOf(outer) },
  };
}

/** The same with all that is to be said of it. */
export function findingsOf(read: ReadTrack, kept: boolean): UploadedTrack {
  const { track, notes, faults, violations } = read;
  const widths = Array.from({ length: track.centre.count }, (_, index) => track.widthAt(index));
  return {
    ...outlineOf(read, true),
    kept,
    widths: { leastM: millimetres(Math.min(...widths)), mostM: millimetres(Math.max(...widths)) },
    tightestM: millimetres(smallestRadius(track).radiusM),
    notes: [...notes],
    faults: [...faults],
    violations: violations.map(({ message }) => message),
  };
}
