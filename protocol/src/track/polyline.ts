/** A place in the plane, in metres. */
export interface Point {
  readonly x: number;
  readonly y: number;
}

/** A place with the direction of travel there, in radians, counter-clockwise from the x axis. */
export interface Heading extends Point {
  readonly heading: number;
}

/** The point of a closed line that is nearest to a query point. */
export interface Nearest extends Point {
  /** Index of the segment, which runs from point `segment` to the next one. */
  readonly segment: number;
  /** Metres along the line from point 0. */
  readonly along: number;
  readonly distance: number;
  /** Signed distance: positive when the query lies left of the direction of travel. */
  readonly offset: number;
}

/** Cells of this edge length, in metres: a handful of candidate segments each. */
const cellM = 0.2;
/** The grid reaches this far beyond the line; farther queries look at every segment. */
const marginM = 2;

/**
 * A closed polyline with an index, so that a query costs the same on a track of any length. The grid is filled as cells
 * are first asked for: each holds every segment that can be nearest to some point of the cell, so answers are exact.
 */
export class ClosedPolyline {
  /** x0, y0, x1, y1, …; the last point is not the first one again. */
  readonly points: Float64Array;
  readonly count: number;
  readonly lengthM: number;
  /** Metres from point 0 to point i; one more entry than points, the last is the length. */
  readonly cumulative: Float64Array;
  readonly bounds: { readonly minX: number; readonly minY: number; readonly maxX: number; readonly maxY: number };
  readonly #cells: (Int32Array | undefined)[];
  readonly #columns: number;
  readonly #rows: number;

  constructor(points: Float64Array) {
    this.points = points;
    this.count = points.length / 2;
    this.cumulative = new Float64Array(this.count + 1);
    let [minX, minY, maxX, maxY] = [Infinity, Infinity, -Infinity, -Infinity];
    for (let i = 0; i < this.count; i++) {
      const x = points[2 * i] as number;
      const y = points[2 * i + 1] as number;
      const next = i + 1 === this.count ? 0 : i + 1;
      const step = Math.hypot((points[2 * next] as number) - x, (points[2 * next + 1] as number) - y);
      this.cumulative[i + 1] = (this.cumulative[i] as number) + step;
      minX = Math.min(minX, x);
      minY = Math.min(minY, y);
      maxX = Math.max(maxX, x);
      maxY = Math.max(maxY, y);
    }
    this.bounds = { minX, minY, maxX, maxY };
    this.lengthM = this.cumulative[this.count] as number;
    this.#columns = Math.ceil((maxX - minX + 2 * marginM) / cellM);
    this.#rows = Math.ceil((maxY - minY + 2 * marginM) / cellM);
    this.#cells = new Array(this.#columns * this.#rows);
  }

  /** See {@link areaOf}. */
  get areaM2(): number {
    return areaOf(this.points);
  }

  /** The place `along` metres from point 0; any number, it wraps round. */
  at(along: number): Heading {
    const { points, count, cumulative, lengthM } = this;
    const s = ((along % lengthM) + lengthM) % lengthM;
    let low = 0;
    let high = count - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if ((cumulative[middle] as number) <= s) low = middle;
      else high = middle - 1;
    }
    const next = low + 1 === count ? 0 : low + 1;
    const [ax, ay] = [points[2 * low] as number, points[2 * low + 1] as number];
    const [dx, dy] = [(points[2 * next] as number) - ax, (points[2 * next + 1] as number) - ay];
    const start = cumulative[low] as number;
    const t = (s - start) / ((cumulative[low + 1] as number) - start);
    return { x: ax + t * dx, y: ay + t * dy, heading: Math.atan2(dy, dx) };
  }

  nearest(x: number, y: number): Nearest {
    const candidates = this.#candidates(x, y);
    const n = candidates === undefined ? this.count : candidates.length;
    const { points, count } = this;
    let best = Infinity;
    let [bestSegment, bestT, bestX, bestY, bestSide] = [0, 0, 0, 0, 0];
    for (let k = 0; k < n; k++) {
      const i = candidates === undefined ? k : (candidates[k] as number);
      const next = i + 1 === count ? 0 : i + 1;
      const ax = points[2 * i] as number;
      const ay = points[2 * i + 1] as number;
      const dx = (points[2 * next] as number) - ax;
      const dy = (points[2 * next + 1] as number) - ay;
      const px = x - ax;
      const py = y - ay;
      const t = Math.min(1, Math.max(0, (px * dx + py * dy) / (dx * dx + dy * dy || 1)));
      const qx = px - t * dx;
      const qy = py - t * dy;
      const square = qx * qx + qy * qy;
      if (square < best) {
        best = square;
        bestSegment = i;
        bestT = t;
        bestX = ax + t * dx;
        bestY = ay + t * dy;
        bestSide = dx * py - dy * px;
      }
    }
    const distance = Math.sqrt(best);
    const start = this.cumulative[bestSegment] as number;
    return {
      x: bestX,
      y: bestY,
      segment: bestSegment,
      along: start + bestT * ((this.cumulative[bestSegment + 1] as number) - start),
      distance,
      offset: bestSide < 0 ? -distance : distance,
    };
  }

  /** The segments that can be nearest to a point of the cell that holds (x, y); undefined outside the grid. */
  #candidates(x: number, y: number): Int32Array | undefined {
    const column = Math.floor((x - this.bounds.minX + marginM) / cellM);
    const row = Math.floor((y - this.bounds.minY + marginM) / cellM);
    if (!(column >= 0 && row >= 0 && column < this.#columns && row < this.#rows)) return undefined;
    const cell = row * this.#columns + column;
    const known = this.#cells[cell];
    if (known !== undefined) return known;
    const centreX = this.bounds.minX - marginM + (column + 0.5) * cellM;
    const centreY = this.bounds.minY - marginM + (row + 0.5) * cellM;
    const distances = new Float64Array(this.count);
    let least = Infinity;
    for (let i = 0; i < this.count; i++) {
      const d = this.#distanceTo(i, centreX, centreY);
      distances[i] = d;
      least = Math.min(least, d);
    }
    // A point of the cell is within half a diagonal of its centre: its nearest segment is within `least` + a diagonal.
    const limit = least + cellM * Math.SQRT2 + 1e-9;
    const found: number[] = [];
    for (let i = 0; i < this.count; i++) if ((distances[i] as number) <= limit) found.push(i);
    const candidates = Int32Array.from(found);
    this.#cells[cell] = candidates;
    return candidates;
  }

  #distanceTo(i: number, x: number, y: number): number {
    const { points } = this;
    const next = i + 1 === this.count ? 0 : i + 1;
    const ax = points[2 * i] as number;
    const ay = points[2 * i + 1] as number;
    const dx = (points[2 * next] as number) - ax;
    const dy = (points[2 * next + 1] as number) - ay;
    const t = Math.min(1, Math.max(0, ((x - ax) * dx + (y - ay) * dy) / (dx * dx + dy * dy || 1)));
    return Math.hypot(x - ax - t * dx, y - ay - t * dy);
  }
}

/** What a closed line (x0, y0, x1, y1, …) encloses; positive where it runs counter-clockwise. */
export function areaOf(points: Float64Array): number {
  let twice = 0;
  for (let i = 0; i < points.length; i += 2) {
    const next = i + 2 === points.length ? 0 : i + 2;
    twice +=
      (points[i] as number) * (points[next + 1] as number) - (points[next] as number) * (points[i + 1] as number);
  }
  return twice / 2;
}
