import { isPitwallError, TrackId } from '@pitwall/protocol';
import type { TrackOutline, UploadedTrack } from '@pitwall/protocol/api';
import {
  buildTrack,
  type ClosedPolyline,
  ruleViolations,
  type Segment,
  smallestRadius,
  type TrackDescription,
  trackFaults,
} from '@pitwall/protocol/track';

/** Dashes and borders of the physical league's guide. */
const markings = { borderM: 0.0508, dash: { lengthM: 0.1016, gapM: 0.0508, widthM: 0.0254 } } as const;

export function descriptionOf(name: string, widthM: number, segments: readonly Segment[]): TrackDescription {
  const id = name
    .trim()
    .toLowerCase()
    .normalize('NFD')
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '');
  const [first] = segments;
  return {
    version: 1,
    id: TrackId.parse(id === '' ? 'drawn' : id.slice(0, 40)),
    name: name.trim() === '' ? 'drawn' : name.trim(),
    widthM,
    ...markings,
    startLineM: first?.kind === 'straight' ? first.lengthM / 2 : 0,
    lookSeed: 0,
    segments: [...segments],
  };
}

/** A closed track as the controller would find it, by the same rules; or the sentence that says why it cannot be built. */
export function lookAt(description: TrackDescription): UploadedTrack | string {
  try {
    const track = buildTrack(description);
    const { version, name, lengthM, widthM, direction, centre, inner, outer } = track;
    const outline: TrackOutline = {
      ...{ track: description.id, version, name, uploaded: true, lengthM, widthM, direction, description },
      outline: { centre: pointsOf(centre), inner: pointsOf(inner), outer: pointsOf(outer) },
    };
    return {
      ...outline,
      kept: false,
      widths: { leastM: widthM, mostM: widthM },
      tightestM: smallestRadius(track).radiusM,
      notes: [],
      faults: trackFaults(track),
      violations: ruleViolations(description).map(({ message }) => message),
    };
  } catch (error) {
    if (isPitwallError(error)) return error.message;
    throw error;
  }
}

const pointsOf = ({ points, count }: ClosedPolyline): [number, number][] =>
  Array.from({ length: count }, (_, i) => [points[2 * i] ?? 0, points[2 * i + 1] ?? 0]);
