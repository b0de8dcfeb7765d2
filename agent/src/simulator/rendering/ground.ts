import type { Track } from '@pitwall/protocol/track';
import { Random } from '../random.js';
import type { Appearance } from './appearance.js';

/** The room round a track: barriers stand 2 feet beyond the outer border. */
export interface Room {
  readonly minX: number;
  readonly minY: number;
  readonly maxX: number;
  readonly maxY: number;
}

const barrierDistanceM = 0.61;

export function roomOf(track: Track): Room {
  const { minX, minY, maxX, maxY } = track.outer.bounds;
  const d = barrierDistanceM;
  return { minX: minX - d, minY: minY - d, maxX: maxX + d, maxY: maxY + d };
}

/** One colour channel's value of each material. */
export interface Paint {
  readonly road: number;
  readonly border: number;
  readonly dash: number;
  readonly field: number;
  readonly walls: readonly [number, number, number, number];
  readonly sky: number;
}

/** One level of the floor's picture; texel (0, 0) is at the room's south-west corner. */
export interface GroundLevel {
  readonly texels: Uint8Array;
  readonly width: number;
  readonly height: number;
  readonly texelM: number;
}

/** The floor as the camera samples it: level k has texels of 3 mm · 2^k. */
export type Ground = readonly GroundLevel[];

export const texelM = 0.003;
export const groundLevels = 7;
/** Texture repeats after this many texels, a power of two. */
const tile = 512;

/** Paints the floor of a room. */
export function paintGround(track: Track, room: Room, appearance: Appearance, paint: Paint): Ground {
  // A margin on the far sides keeps rounding at the walls inside the picture.
  const width = Math.ceil((room.maxX - room.minX) / texelM) + 2;
  const height = Math.ceil((room.maxY - room.minY) / texelM) + 2;
  const texels = new Uint8Array(width * height);
  const random = new Random(appearance.textureSeed);
  const grass = grain(random, [0.25, 0.42, 0.33, 0]);
  const asphalt = grain(random, [0.18, 0.28, 0.27, 0.27]);
  const lightX = Float32Array.from({ length: width }, (_, i) => appearance.light.x * (i / width - 0.5));
  const lightAt = (i: number, j: number) => 1 + (lightX[i] as number) + appearance.light.y * (j / height - 0.5);

  for (let j = 0; j < height; j++) {
    const row = (j & (tile - 1)) * tile;
    for (let i = 0; i < width; i++) {
      const rough = 1 + appearance.fieldGrain * (grass[row + (i & (tile - 1))] as number);
      texels[j * width + i] = clamp(paint.field * rough * lightAt(i, j));
    }
  }
  const { borderM, dash } = track.markings;
  const { centre } = track;
  const [leftLine, rightLine] =
    track.direction === 'counter-clockwise' ? [track.inner, track.outer] : [track.outer, track.inner];
  // Dashes are laid evenly: a whole number of them fits the lap.
  const period = track.lengthM / Math.max(1, Math.round(track.lengthM / (dash.lengthM + dash.gapM)));
  for (let k = 0; k < centre.count; k++) {
    const next = k + 1 === centre.count ? 0 : k + 1;
    const l0 = pointOf(leftLine.points, k, room);
    const l1 = pointOf(leftLine.points, next, room);
    const r0 = pointOf(rightLine.points, k, room);
    const r1 = pointOf(rightLine.points, next, room);
    const c0 = pointOf(centre.points, k, room);
    const c1 = pointOf(centre.points, next, room);
    const toLeft = halfPlane(l0, l1, -1);
    const toRight = halfPlane(r0, r1, 1);
    const before = halfPlane(l0, r0, 1);
    const after = halfPlane(l1, r1, -1);
    const fromCentre = halfPlane(c0, c1, 1);
    const stepM = Math.hypot(c1.x - c0.x, c1.y - c0.y);
    const start = centre.cumulative[k] as number;
    const fromI = Math.max(0, Math.floor(Math.min(l0.x, l1.x, r0.x, r1.x) / texelM) - 1);
    const toI = Math.min(width - 1, Math.ceil(Math.max(l0.x, l1.x, r0.x, r1.x) / texelM) + 1);
    const fromJ = Math.max(0, Math.floor(Math.min(l0.y, l1.y, r0.y, r1.y) / texelM) - 1);
    const toJ = Math.min(height - 1, Math.ceil(Math.max(l0.y, l1.y, r0.y, r1.y) / texelM) + 1);
    for (let j = fromJ; j <= toJ; j++) {
      const y = (j + 0.5) * texelM;
      for (let i = fromI; i <= toI; i++) {
        const x = (i + 0.5) * texelM;
        if (before.a * x + before.b * y < before.c - 1e-9 || after.a * x + after.b * y < after.c - 1e-9) continue;
        const left = toLeft.a * x + toLeft.b * y - toLeft.c;
        const right = toRight.a * x + toRight.b * y - toRight.c;
        const edge = Math.min(left, right);
        const onRoad = coverage(edge);
        if (onRoad <= 0) continue;
        const at = j * width + i;
        const rough = 1 + appearance.roadGrain * (asphalt[(j & (tile - 1)) * tile + (i & (tile - 1))] as number);
        let value = paint.road * rough;
        const onBorder = 1 - coverage(edge - borderM);
        if (onBorder > 0) value += (paint.border - value) * onBorder;
        else {
          const aside = Math.abs(fromCentre.a * x + fromCentre.b * y - fromCentre.c);
          const onLine = coverage(dash.widthM / 2 - aside);
          if (onLine > 0) {
            const forward = ((x - c0.x) * (c1.x - c0.x) + (y - c0.y) * (c1.y - c0.y)) / stepM;
            const phase = (((start + forward) % period) + period) % period;
            const onDash = Math.max(coverage(Math.min(phase, dash.lengthM - phase)), coverage(phase - period));
            value += (paint.dash - value) * onLine * onDash;
          }
        }
        const lit = clamp(value * lightAt(i, j));
        texels[at] = onRoad >= 1 ? lit : (texels[at] as number) * (1 - onRoad) + lit * onRoad;
      }
    }
  }
  const ground: GroundLevel[] = [{ texels, width, height, texelM }];
  while (ground.length < groundLevels) ground.push(halve(ground.at(-1) as GroundLevel));
  return ground;
}

/** Share of a texel inside an edge that is `distance` metres away (positive: inside). */
function coverage(distance: number): number {
  const share = distance / texelM + 0.5;
  return share <= 0 ? 0 : share >= 1 ? 1 : share;
}

const clamp = (value: number) => (value <= 0 ? 0 : value >= 255 ? 255 : value);

interface Place {
  readonly x: number;
  readonly y: number;
}

const pointOf = (points: Float64Array, index: number, room: Room): Place => ({
  x: (points[2 * index] as number) - room.minX,
  y: (points[2 * index + 1] as number) - room.minY,
});

/** a·x + b·y − c is the signed distance from the line p → q, positive on its left with `sign` 1, on its right with −1. */
function halfPlane(p: Place, q: Place, sign: 1 | -1): { a: number; b: number; c: number } {
  const length = Math.hypot(q.x - p.x, q.y - p.y) || 1;
  const a = (-(q.y - p.y) / length) * sign;
  const b = ((q.x - p.x) / length) * sign;
  return { a, b, c: a * p.x + b * p.y };
}

/** Noise of about −1 to 1 that tiles; `weights` are the shares of grain 1, 2, 8 and 32 texels wide. */
function grain(random: Random, weights: readonly [number, number, number, number]): Float32Array {
  const out = new Float32Array(tile * tile);
  [1, 2, 8, 32].forEach((size, k) => {
    const weight = weights[k] as number;
    if (weight === 0) return;
    const cells = tile / size;
    const values = Float32Array.from({ length: cells * cells }, () => random.between(-1, 1));
    for (let j = 0; j < tile; j++) {
      const y = j / size;
      const y0 = Math.floor(y);
      const fy = y - y0;
      const rowA = (y0 % cells) * cells;
      const rowB = ((y0 + 1) % cells) * cells;
      for (let i = 0; i < tile; i++) {
        const x = i / size;
        const x0 = Math.floor(x);
        const fx = x - x0;
        const x1 = (x0 + 1) % cells;
        const top = (values[rowA + x0] as number) * (1 - fx) + (values[rowA + x1] as number) * fx;
        const bottom = (values[rowB + x0] as number) * (1 - fx) + (values[rowB + x1] as number) * fx;
        out[j * tile + i] = (out[j * tile + i] as number) + weight * (top * (1 - fy) + bottom * fy);
      }
    }
  });
  return out;
}

function halve(from: GroundLevel): GroundLevel {
  const width = Math.ceil(from.width / 2);
  const height = Math.ceil(from.height / 2);
  const texels = new Uint8Array(width * height);
  for (let j = 0; j < height; j++) {
    const a = 2 * j * from.width;
    const b = Math.min(2 * j + 1, from.height - 1) * from.width;
    for (let i = 0; i < width; i++) {
      const l = 2 * i;
      const r = Math.min(l + 1, from.width - 1);
      const t = from.texels;
      const sum = (t[a + l] as number) + (t[a + r] as number) + (t[b + l] as number) + (t[b + r] as number);
      texels[j * width + i] = (sum + 2) >> 2;
    }
  }
  return { texels, width, height, texelM: from.texelM * 2 };
}
