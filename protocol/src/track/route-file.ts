import { z } from 'zod';
import { TrackId } from '../brand.js';
import { Dash, metres } from './description.js';
import { boundsOf, demandSize, trackLimits } from './limits.js';
import { Track } from './track.js';

const coordinate = z.number().min(-1e8).max(1e8);
const line = z
  .array(z.tuple([coordinate, coordinate]))
  .min(4)
  .max(trackLimits.points);

/** A track as lines: what is kept of a route, with the names and the look that its file has not. */
export const RouteDescription = z
  .strictObject({
    version: z.number().int().min(1).max(1_000_000),
    id: TrackId,
    name: z.string().min(1).max(60),
    borderM: metres(0.01, 0.2),
    dash: Dash,
    lookSeed: z.number().int().min(0).max(0xffffffff),
    /** x, y in metres, in driving order, not repeated at the end; one point of each border for each of the centre line. */
    lines: z.strictObject({ centre: line, inner: line, outer: line }),
  })
  .refine(({ lines: { centre, inner, outer } }) => centre.length === inner.length && inner.length === outer.length, {
    message: 'must have as many points each',
    path: ['lines'],
  });
export type RouteDescription = z.infer<typeof RouteDescription>;

/** @throws PitwallError `track-invalid` where it is too large. */
export function buildRoute({ lines, borderM, dash, ...names }: RouteDescription): Track {
  const [centre, inner, outer] = [lines.centre, lines.inner, lines.outer].map((one) =>
    Float64Array.from(one.flat()),
  ) as [Float64Array, Float64Array, Float64Array];
  demandSize(`The track ${names.name}`, 0, boundsOf(centre, inner, outer));
  return new Track({ ...names, centre, inner, outer, markings: { borderM, dash } });
}

/** What {@link buildRoute} makes the same track of. */
export function routeDescription(track: Track): RouteDescription {
  const pointsOf = ({ points }: Track['centre']) =>
    Array.from({ length: points.length / 2 }, (_, i): [number, number] => [
      points[2 * i] as number,
      points[2 * i + 1] as number,
    ]);
  const { id, name, version, markings, lookSeed, centre, inner, outer } = track;
  return RouteDescription.parse({
    ...{ version, id, name, lookSeed, ...markings },
    lines: { centre: pointsOf(centre), inner: pointsOf(inner), outer: pointsOf(outer) },
  });
}
