/** A constraint at gate time `x`: the offset there is at least (or at most) `y`. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

const cross = (a: Point, b: Point, c: Point): number => (b.x - a.x) * (c.y - a.y) - (b.y - a.y) * (c.x - a.x);

/**
 * Adds a point at the right end of a hull and drops the vertices that it makes needless. `side` +1 keeps the upper hull
 * (of lower bounds), −1 the lower hull (of upper bounds). Points come in order of x.
 */
export function extend(hull: Point[], point: Point, side: 1 | -1): void {
  while (hull.length >= 2 && side * cross(hull.at(-2) as Point, hull.at(-1) as Point, point) >= 0) hull.pop();
  const last = hull.at(-1);
  if (last !== undefined && last.x === point.x) {
    if (side * (point.y - last.y) <= 0) return;
    hull.pop();
    while (hull.length >= 2 && side * cross(hull.at(-2) as Point, hull.at(-1) as Point, point) >= 0) hull.pop();
  }
  hull.push(point);
}

/** Slopes from `min` to `max`. */
export interface Slopes {
  readonly min: number;
  readonly max: number;
}

/** The slopes of all straight lines that no `lower` is above and no `upper` below; undefined where there is no line. */
export function slopesBetween(lower: readonly Point[], upper: readonly Point[], widest: number): Slopes | undefined {
  let min = -widest;
  let max = widest;
  for (const u of upper)
    for (const l of lower) {
      const dx = u.x - l.x;
      const dy = u.y - l.y;
      if (dx > 0) max = Math.min(max, dy / dx);
      else if (dx < 0) min = Math.max(min, dy / dx);
      else if (dy < 0) return undefined;
    }
  return min <= max ? { min, max } : undefined;
}

/** The highest value at `x` of a line with one of these slopes that stays below every point of the hull `upper`. */
export function highest(upper: readonly Point[], slopes: Slopes, x: number): number {
  const below = (slope: number) => Math.min(...upper.map((u) => u.y + slope * (x - u.x)));
  // The value is concave in the slope, so its maximum is at an end or where the touched vertex changes: at an edge's slope.
  let best = Math.max(below(slopes.min), below(slopes.max));
  for (let i = 1; i < upper.length; i++) {
    const [a, b] = [upper[i - 1] as Point, upper[i] as Point];
    const slope = (b.y - a.y) / (b.x - a.x);
    if (slope > slopes.min && slope < slopes.max) best = Math.max(best, below(slope));
  }
  return best;
}

/** The mirror image of {@link highest}: the lowest value of a line that stays above every point of `lower`. */
export function lowest(lower: readonly Point[], slopes: Slopes, x: number): number {
  const mirror = ({ x, y }: Point) => ({ x, y: -y });
  return -highest(lower.map(mirror), { min: -slopes.max, max: -slopes.min }, x);
}
