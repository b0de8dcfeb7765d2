import type { LidarConfig } from '@pitwall/protocol/policy';
import type { Pose } from './car.js';
import type { Room } from './ground.js';
import type { Obstacle } from './obstacle.js';

/** Rays that a scan in sectors is made of. */
const sectorRays = 64;

/** How a scan becomes what a network takes. */
export type LidarMode = 'values' | 'sectors' | 'bins';

/**
 * One scan: distances from the right (minimum angle) to the left. Obstacles and walls return it, the road does not.
 * `values`: each clamped to the configured distances. `sectors`: 1 where something in the sector is nearer than the clipping
 * distance, else 0. `bins`: for each sector one value a distance range up to the clipping distance, 1 in the range of its
 * nearest return, else 0.
 */
export function scan(
  car: Pose,
  room: Room,
  obstacles: readonly Obstacle[],
  config: LidarConfig,
  mode: LidarMode,
  target: Float32Array,
): void {
  const { minAngleDeg, maxAngleDeg, minDistance } = config;
  const most = Math.min(config.maxDistance, mode === 'values' ? config.clippingDistance : config.maxDistance);
  const near = obstacles.filter(({ x, y, lengthM, widthM }) => {
    return Math.hypot(x - car.x, y - car.y) < config.maxDistance + (lengthM + widthM) / 2;
  });
  const rays = mode === 'values' ? target.length : sectorRays;
  const nearest = new Float64Array(config.sectors).fill(Number.POSITIVE_INFINITY);
  for (let i = 0; i < rays; i++) {
    const angle = car.yaw + ((minAngleDeg + ((maxAngleDeg - minAngleDeg) * i) / Math.max(1, rays - 1)) * Math.PI) / 180;
    const [dx, dy] = [Math.cos(angle), Math.sin(angle)];
    let distance = toWall(car, room, dx, dy);
    for (const obstacle of near) distance = Math.min(distance, toObstacle(car, obstacle, dx, dy));
    const sector = Math.floor((i * config.sectors) / rays);
    nearest[sector] = Math.min(nearest[sector] as number, distance);
    if (mode === 'values') target[i] = Math.min(most, Math.max(minDistance, distance));
  }
  if (mode === 'values') return;
  target.fill(0);
  const perSector = Math.max(1, Math.floor(target.length / config.sectors));
  nearest.forEach((distance, sector) => {
    if (distance >= config.clippingDistance) return;
    target[sector * perSector + Math.floor((distance / config.clippingDistance) * perSector)] = 1;
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
