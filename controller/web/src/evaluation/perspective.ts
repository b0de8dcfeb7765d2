/** A point of the world: m along the track's axes, and above the ground. */
export type Point = readonly [x: number, y: number, up: number];
export type Pixel = readonly [x: number, y: number];

/** Where somebody looks from, m, and whereto: rad from the x axis, and below the horizon. */
export interface Eye {
  readonly x: number;
  readonly y: number;
  readonly up: number;
  readonly heading: number;
  readonly down: number;
}

/** Nearer than this nothing is seen, m. */
const near = 0.08;
/** Of a picture's width: 64° from side to side. */
const focal = 0.8;

/** Behind a car and above it, looking over it at the track ahead. */
export function behind(car: { readonly x: number; readonly y: number; readonly yawDeg: number }): Eye {
  const heading = (car.yawDeg * Math.PI) / 180;
  const back = 1.15;
  return { x: car.x - back * Math.cos(heading), y: car.y - back * Math.sin(heading), up: 0.62, heading, down: 0.3 };
}

/** A flat polygon as it is seen, in dots from the top left; empty where nothing of it lies ahead. */
export function project(polygon: readonly Point[], eye: Eye, width: number, height: number): Pixel[] {
  const seen = clipped(polygon.map((point) => fromEye(point, eye)));
  const scale = focal * width;
  return seen.map(([ahead, left, up]) => [width / 2 - (scale * left) / ahead, height / 2 - (scale * up) / ahead]);
}

/** How far ahead a point is, m. */
export const distance = (point: Point, eye: Eye): number => fromEye(point, eye)[0];

type Seen = readonly [ahead: number, left: number, up: number];

function fromEye([x, y, z]: Point, { x: x0, y: y0, up: z0, heading, down }: Eye): Seen {
  const [cos, sin] = [Math.cos(heading), Math.sin(heading)];
  const [dx, dy, dz] = [x - x0, y - y0, z - z0];
  const level = dx * cos + dy * sin;
  const [cosDown, sinDown] = [Math.cos(down), Math.sin(down)];
  return [level * cosDown - dz * sinDown, dy * cos - dx * sin, level * sinDown + dz * cosDown];
}

/** What of a polygon lies ahead (Sutherland and Hodgman, 1974, with one plane). */
function clipped(corners: readonly Seen[]): Seen[] {
  const kept: Seen[] = [];
  for (const [index, corner] of corners.entries()) {
    const before = corners.at(index - 1) as Seen;
    if (corner[0] >= near !== before[0] >= near) {
      const part = (near - before[0]) / (corner[0] - before[0]);
      kept.push([near, before[1] + part * (corner[1] - before[1]), before[2] + part * (corner[2] - before[2])]);
    }
    if (corner[0] >= near) kept.push(corner);
  }
  return kept;
}
