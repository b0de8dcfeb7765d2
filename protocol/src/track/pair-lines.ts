import { boundsOf, demandSize, trackLimits } from './limits.js';
import { ClosedPolyline } from './polyline.js';
import type { Wrong } from './table.js';

type Line = readonly (readonly number[])[];

/** Of a centre line that is laid between two borders, so many points. */
const laid = 400;

/**
 * Rows of centre, inner and outer point for lines that have points of their own: to each point of the centre line the
 * nearest of both borders. Without a centre line one is laid in the middle between them.
 */
export function pairLines(centre: Line | undefined, inner: Line, outer: Line, wrong: Wrong): number[][] {
  const a = polylineOf(inner, wrong);
  const b = polylineOf(outer, wrong);
  const points = centre === undefined ? middleOf(a, b) : centre;
  return points.map(([x = 0, y = 0]) => {
    const [p, q] = [a.nearest(x, y), b.nearest(x, y)];
    return [x, y, p.x, p.y, q.x, q.y];
  });
}

function middleOf(inner: ClosedPolyline, outer: ClosedPolyline): number[][] {
  const points = Array.from({ length: laid }, (_, i) => {
    const from = outer.at((i / laid) * outer.lengthM);
    const to = inner.nearest(from.x, from.y);
    return [(from.x + to.x) / 2, (from.y + to.y) / 2];
  });
  return [...points, points[0] as number[]];
}

/** A closed line with an index, for which it has to be in metres. */
function polylineOf(line: Line, wrong: Wrong): ClosedPolyline {
  const distinct = line.filter((point, i) => {
    const before = line[(i + line.length - 1) % line.length] as readonly number[];
    return point[0] !== before[0] || point[1] !== before[1];
  });
  if (distinct.length < 3 || distinct.length > trackLimits.points) {
    throw wrong(`has a border of ${distinct.length} points; it needs 3 to ${trackLimits.points}.`);
  }
  const points = Float64Array.from(distinct.flatMap((point) => point.slice(0, 2)));
  if (!points.every(Number.isFinite)) throw wrong('has a coordinate that is no number.');
  demandSize('A border of the track', 0, boundsOf(points));
  return new ClosedPolyline(points);
}
