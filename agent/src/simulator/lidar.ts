import type { Range } from '@pitwall/protocol/policy';
import type { Pose } from './car.js';
import type { Obstacle } from './obstacle.js';
import type { Room } from './rendering/index.js';

/** So far ahead of the car's middle, in metres: deepracer-simapp, bundle/urdf/deepracer, `hokuyo_joint`. */
const mountM = 0.02913;

/**
 * One scan in the directions that are asked for, degrees on the car, as far as `reachM`. Obstacles and walls return it, the
 * road does not.
 */
export function scan(
  car: Pose,
  room: Room,
  obstacles: readonly Obstacle[],
  anglesDeg: readonly number[],
  reachM: number,
): Range[] {
  const from = { x: car.x + mountM * Math.cos(car.yaw), y: car.y + mountM * Math.sin(car.yaw), yaw: car.yaw };
  const near = obstacles.filter(({ x, y, lengthM, widthM }) => {
    return Math.hypot(x - from.x, y - from.y) < reachM + (lengthM + widthM) / 2;
  });
  return anglesDeg.map((angleDeg) => {
    const angle = from.yaw + (angleDeg * Math.PI) / 180;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    let distance = toWall(from, room, dx, dy);
    for (const obstacle of near) distance = Math.min(distance, toObstacle(from, obstacle, dx, dy));
    return { angleDeg, distance: distance > reachM ? Number.POSITIVE_INFINITY : distance };
  });
}

function toWall(car: Pose, room: Room, dx: number, dy: number): number {
  const x = dx > 0 ? (room.maxX - car.x) / dx : dx < 0 ? (room.minX - car.x) / dx : Number.POSITIVE_INFINITY;
  const y = dy > 0 ? (room.maxY - car.y) / dy : dy < 0 ? (room.minY - car.y) / dy : Number.POSITIVE_INFINITY;
  return Math.max(0, Math.min(x, y));
}

/** Distance to a rectangle along a ray, infinite where it misses. */
function toObstacle(car: Pose, { x, y, yaw, lengthM, widthM }: Obstacle, dx: number, dy: number): number {
  const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
  const [ox, oy] = [car.x - x, car.y - y];
  const [px, py] = [ox * cos + oy * sin, oy * cos - ox * sin];
  const [rx, ry] = [dx * cos + dy * sin, dy * cos - dx * sin];
  let enter = 0;
  let leave = Number.POSITIVE_INFINITY;
  for (const [p, r, half] of [
    [px, rx, lengthM / 2],
    [py, ry, widthM / 2],
  ] as const) {
    if (Math.abs(r) < 1e-12) {
      if (Math.abs(p) > half) return Number.POSITIVE_INFINITY;
      continue;
    }
    const [a, b] = [(-half - p) / r, (half - p) / r];
    enter = Math.max(enter, Math.min(a, b));
    leave = Math.min(leave, Math.max(a, b));
  }
  return enter <= leave ? enter : Number.POSITIVE_INFINITY;
}
