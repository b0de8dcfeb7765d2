import { ClosedPolyline, type Heading, type Nearest, type Point } from './polyline.js';
import { Ring } from './ring.js';

export type Direction = 'clockwise' | 'counter-clockwise';

/** What is painted on the road, in metres. The white borders lie inside the road's edges. */
export interface Markings {
  readonly borderM: number;
  readonly dash: { readonly lengthM: number; readonly gapM: number; readonly widthM: number };
}

/**
 * What the cloud simulator's roads look like, and what a route without a description (`.npy`) gets; measured on frames of
 * that simulator that were projected to the ground.
 */
export const simulatorMarkings: Markings = { borderM: 0.055, dash: { lengthM: 0.05, gapM: 0.045, widthM: 0.025 } };

export interface TrackParts {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  /** x, y of each point in driving order, not repeated at the end; point 0 is on the start line. */
  readonly centre: Float64Array;
  /** The border on the enclosed side; one point for each of the centre's. */
  readonly inner: Float64Array;
  readonly outer: Float64Array;
  readonly markings: Markings;
  /** Seed of light, textures and colours in the simulator. */
  readonly lookSeed: number;
}

/** Where a point is with respect to the track. */
export interface Place extends Nearest {
  /** 0 to 100. */
  readonly progressPct: number;
}

export type Lane = 'inner' | 'outer';

/** A closed track with its borders, ready for questions. All lengths in metres, all answers in driving direction. */
export class Track {
  readonly id: string;
  readonly name: string;
  readonly version: number;
  readonly centre: ClosedPolyline;
  readonly inner: ClosedPolyline;
  readonly outer: ClosedPolyline;
  readonly markings: Markings;
  readonly lookSeed: number;
  readonly lengthM: number;
  /** Mean width over all points. */
  readonly widthM: number;
  readonly direction: Direction;
  readonly #ring: Ring;

  constructor(parts: TrackParts) {
    this.id = parts.id;
    this.name = parts.name;
    this.version = parts.version;
    this.centre = new ClosedPolyline(parts.centre);
    this.inner = new ClosedPolyline(parts.inner);
    this.outer = new ClosedPolyline(parts.outer);
    this.markings = parts.markings;
    this.lookSeed = parts.lookSeed;
    this.lengthM = this.centre.lengthM;
    let width = 0;
    for (let i = 0; i < this.centre.count; i++) width += this.widthAt(i);
    this.widthM = width / this.centre.count;
    this.direction = this.centre.areaM2 > 0 ? 'counter-clockwise' : 'clockwise';
    this.#ring = new Ring(this.inner, this.outer);
  }

  /** Distance of the borders at one point of the centre line. */
  widthAt(index: number): number {
    const { points: a } = this.inner;
    const { points: b } = this.outer;
    const i = 2 * index;
    return Math.hypot((a[i] as number) - (b[i] as number), (a[i + 1] as number) - (b[i + 1] as number));
  }

  /** Nearest point of the centre line, with signed offset and progress; exact, and as quick on a long track. */
  locate(x: number, y: number): Place {
    const nearest = this.centre.nearest(x, y);
    return { ...nearest, progressPct: (nearest.along / this.lengthM) * 100 };
  }

  /** Whether a point (a wheel, say) is between the borders. */
  isOnRoad(x: number, y: number): boolean {
    return this.#ring.contains(x, y);
  }

  /** The centre line `along` metres after the start line; wraps round. */
  at(along: number): Heading {
    return this.centre.at(along);
  }

  /** A place `offset` metres left of the centre line (negative: right). */
  beside(along: number, offset: number): Heading {
    const { x, y, heading } = this.centre.at(along);
    return { x: x - Math.sin(heading) * offset, y: y + Math.cos(heading) * offset, heading };
  }

  /** Signed offset of a lane's centre: a quarter of the width, to the enclosed side for the inner lane. */
  laneOffset(lane: Lane): number {
    const innerIsLeft = this.direction === 'counter-clockwise';
    return (lane === 'inner') === innerIsLeft ? this.widthM / 4 : -this.widthM / 4;
  }

  /** The start and finish line from the left border to the right. */
  get startLine(): { readonly left: Point; readonly right: Point } {
    const inner = { x: this.inner.points[0] as number, y: this.inner.points[1] as number };
    const outer = { x: this.outer.points[0] as number, y: this.outer.points[1] as number };
    return this.direction === 'counter-clockwise' ? { left: inner, right: outer } : { left: outer, right: inner };
  }

  /** The same road driven the other way round, from the same start line. */
  reversed(): Track {
    return new Track({
      ...this,
      centre: backwards(this.centre.points),
      inner: backwards(this.inner.points),
      outer: backwards(this.outer.points),
    });
  }

  /** This track or its reverse, whichever runs in the direction. */
  inDirection(direction: Direction): Track {
    return direction === this.direction ? this : this.reversed();
  }
}

function backwards(points: Float64Array): Float64Array {
  const count = points.length / 2;
  const out = new Float64Array(points.length);
  for (let i = 0; i < count; i++) {
    const from = (count - i) % count;
    out[2 * i] = points[2 * from] as number;
    out[2 * i + 1] = points[2 * from + 1] as number;
  }
  return out;
}

/** Whether the way from `from` to `to` crosses a line, and which part of the way lies before it (0 to 1). */
export function crossing(
  line: { readonly left: Point; readonly right: Point },
  from: Point,
  to: Point,
): { readonly fraction: number; readonly forwards: boolean } | undefined {
  const ex = line.right.x - line.left.x;
  const ey = line.right.y - line.left.y;
  const before = ex * (from.y - line.left.y) - ey * (from.x - line.left.x);
  const after = ex * (to.y - line.left.y) - ey * (to.x - line.left.x);
  if (before < 0 === after < 0) return undefined;
  const fraction = before / (before - after);
  const x = from.x + fraction * (to.x - from.x);
  const y = from.y + fraction * (to.y - from.y);
  const t = ((x - line.left.x) * ex + (y - line.left.y) * ey) / (ex * ex + ey * ey);
  if (t < 0 || t > 1) return undefined;
  return { fraction, forwards: after > before };
}
