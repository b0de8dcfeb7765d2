import type { ClosedPolyline } from './polyline.js';

const cellM = 0.2;

interface Cell {
  /** Whether the cell's centre is on the road. */
  readonly inside: boolean;
  /** Edges (x0, y0, x1, y1, …) that touch the cell. */
  readonly edges: Float64Array;
}

/**
 * The road: the area between two closed borders (even-odd rule, so it does not matter which one encloses the other).
 * Answers are exact and cost the same on a track of any length: a cell knows whether its centre is on the road, and a
 * point of the cell differs from that by the edges between the two.
 */
export class Ring {
  readonly #edges: Float64Array;
  readonly #minX: number;
  readonly #minY: number;
  readonly #columns: number;
  readonly #rows: number;
  readonly #cells: (Cell | undefined)[];

  constructor(inner: ClosedPolyline, outer: ClosedPolyline) {
    this.#edges = Float64Array.from([...edgesOf(inner), ...edgesOf(outer)]);
    this.#minX = Math.min(inner.bounds.minX, outer.bounds.minX) - cellM;
    this.#minY = Math.min(inner.bounds.minY, outer.bounds.minY) - cellM;
    this.#columns = Math.ceil((Math.max(inner.bounds.maxX, outer.bounds.maxX) + cellM - this.#minX) / cellM);
    this.#rows = Math.ceil((Math.max(inner.bounds.maxY, outer.bounds.maxY) + cellM - this.#minY) / cellM);
    this.#cells = new Array(this.#columns * this.#rows);
  }

  contains(x: number, y: number): boolean {
    const column = Math.floor((x - this.#minX) / cellM);
    const row = Math.floor((y - this.#minY) / cellM);
    if (!(column >= 0 && row >= 0 && column < this.#columns && row < this.#rows)) return false;
    const index = row * this.#columns + column;
    const centreX = this.#minX + (column + 0.5) * cellM;
    const centreY = this.#minY + (row + 0.5) * cellM;
    let cell = this.#cells[index];
    if (cell === undefined) {
      cell = this.#fill(centreX, centreY);
      this.#cells[index] = cell;
    }
    const crossings = countCrossings(cell.edges, centreX, centreY, x, y);
    return cell.inside !== ((crossings & 1) === 1);
  }

  #fill(centreX: number, centreY: number): Cell {
    const half = cellM / 2 + 1e-9;
    const touching: number[] = [];
    const all = this.#edges;
    for (let i = 0; i < all.length; i += 4) {
      const [ax, ay, bx, by] = [all[i], all[i + 1], all[i + 2], all[i + 3]] as [number, number, number, number];
      if (Math.max(ax, bx) < centreX - half || Math.min(ax, bx) > centreX + half) continue;
      if (Math.max(ay, by) < centreY - half || Math.min(ay, by) > centreY + half) continue;
      touching.push(ax, ay, bx, by);
    }
    const far = this.#minX - 1;
    const inside = (countCrossings(all, far, this.#minY - 1.2345, centreX, centreY) & 1) === 1;
    return { inside, edges: Float64Array.from(touching) };
  }
}

function* edgesOf(line: ClosedPolyline): Generator<number> {
  const { points, count } = line;
  for (let i = 0; i < count; i++) {
    const next = i + 1 === count ? 0 : i + 1;
    yield points[2 * i] as number;
    yield points[2 * i + 1] as number;
    yield points[2 * next] as number;
    yield points[2 * next + 1] as number;
  }
}

/** How many edges the way from (px, py) to (qx, qy) crosses; an end point on the way counts for one of its two edges. */
function countCrossings(edges: Float64Array, px: number, py: number, qx: number, qy: number): number {
  let crossings = 0;
  const dx = qx - px;
  const dy = qy - py;
  for (let i = 0; i < edges.length; i += 4) {
    const ax = edges[i] as number;
    const ay = edges[i + 1] as number;
    const bx = edges[i + 2] as number;
    const by = edges[i + 3] as number;
    const sideA = dx * (ay - py) - dy * (ax - px) >= 0;
    const sideB = dx * (by - py) - dy * (bx - px) >= 0;
    if (sideA === sideB) continue;
    const ex = bx - ax;
    const ey = by - ay;
    const sideP = ex * (py - ay) - ey * (px - ax) >= 0;
    const sideQ = ex * (qy - ay) - ey * (qx - ax) >= 0;
    if (sideP !== sideQ) crossings++;
  }
  return crossings;
}
