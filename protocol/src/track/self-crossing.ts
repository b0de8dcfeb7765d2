import type { ClosedPolyline } from './polyline.js';
import type { Track } from './track.js';

interface Edge {
  readonly line: ClosedPolyline;
  readonly index: number;
  readonly ax: number;
  readonly ay: number;
  readonly bx: number;
  readonly by: number;
}

const cellM = 0.25;

/**
 * Where the road overlaps itself, as two distances along the centre line; undefined where it does not. A border that folds
 * at the inside of a bend, over less than the road is wide, is none: genuine routes have them (New_York_Eval_Track, 3 cm).
 */
export function selfCrossing(track: Track): { readonly alongM: number; readonly otherM: number } | undefined {
  const cells = new Map<string, Edge[]>();
  for (const line of [track.inner, track.outer]) {
    for (let index = 0; index < line.count; index++) {
      const edge = edgeAt(line, index);
      for (const key of cellsOf(edge)) {
        const others = cells.get(key);
        if (others === undefined) {
          cells.set(key, [edge]);
          continue;
        }
        for (const other of others) {
          if (!neighbours(edge, other) && intersect(edge, other) && !isFold(edge, other, track.widthM)) {
            const [alongM, otherM] = [edge, other].map((e) => track.locate(e.ax, e.ay).along) as [number, number];
            return { alongM, otherM };
          }
        }
        others.push(edge);
      }
    }
  }
  return undefined;
}

function edgeAt(line: ClosedPolyline, index: number): Edge {
  const next = index + 1 === line.count ? 0 : index + 1;
  const [ax, ay] = [line.points[2 * index] as number, line.points[2 * index + 1] as number];
  return { line, index, ax, ay, bx: line.points[2 * next] as number, by: line.points[2 * next + 1] as number };
}

function* cellsOf(edge: Edge): Generator<string> {
  const [fromX, toX] = [Math.min(edge.ax, edge.bx), Math.max(edge.ax, edge.bx)].map((v) => Math.floor(v / cellM));
  const [fromY, toY] = [Math.min(edge.ay, edge.by), Math.max(edge.ay, edge.by)].map((v) => Math.floor(v / cellM));
  for (let x = fromX as number; x <= (toX as number); x++) {
    for (let y = fromY as number; y <= (toY as number); y++) yield `${x},${y}`;
  }
}

function neighbours(a: Edge, b: Edge): boolean {
  if (a.line !== b.line) return false;
  const apart = Math.abs(a.index - b.index);
  return apart <= 1 || apart === a.line.count - 1;
}

function isFold(a: Edge, b: Edge, widthM: number): boolean {
  if (a.line !== b.line) return false;
  const { cumulative, lengthM } = a.line;
  const apart = Math.abs((cumulative[a.index] as number) - (cumulative[b.index] as number));
  return Math.min(apart, lengthM - apart) < widthM;
}

function intersect(a: Edge, b: Edge): boolean {
  const side = (ax: number, ay: number, bx: number, by: number, x: number, y: number) =>
    (bx - ax) * (y - ay) - (by - ay) * (x - ax);
  const s1 = side(a.ax, a.ay, a.bx, a.by, b.ax, b.ay);
  const s2 = side(a.ax, a.ay, a.bx, a.by, b.bx, b.by);
  const s3 = side(b.ax, b.ay, b.bx, b.by, a.ax, a.ay);
  const s4 = side(b.ax, b.ay, b.bx, b.by, a.bx, a.by);
  return s1 * s2 < 0 && s3 * s4 < 0;
}
