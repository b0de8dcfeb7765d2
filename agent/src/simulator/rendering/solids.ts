import type { Obstacle } from '../obstacle.js';
import type { Camera, Viewpoint } from './camera.js';
import { cameraMount } from './camera.js';

/** A cuboid on the floor, with one channel's brightness of its faces. */
interface Cuboid {
  readonly x: number;
  readonly y: number;
  readonly yaw: number;
  readonly halfLength: number;
  readonly halfWidth: number;
  readonly bottom: number;
  readonly top: number;
  /** Ends, sides, top. */
  readonly shades: readonly [number, number, number];
}

/** One channel's brightness of what stands on the track. */
export interface SolidPaint {
  readonly box: number;
  readonly body: number;
  readonly shell: number;
}

function cuboidsOf(obstacle: Obstacle, paint: SolidPaint): Cuboid[] {
  const { x, y, yaw, lengthM, widthM, heightM } = obstacle;
  const shades = (value: number) => [value * 0.8, value * 0.65, value].map(Math.round) as [number, number, number];
  const cuboid = (length: number, width: number, bottom: number, top: number, value: number): Cuboid => {
    return { x, y, yaw, halfLength: length / 2, halfWidth: width / 2, bottom, top, shades: shades(value) };
  };
  if (obstacle.kind === 'box') return [cuboid(lengthM, widthM, 0, heightM, paint.box)];
  // A car's wheels and floor are dark and wide, its shell narrower and above.
  return [
    cuboid(lengthM, widthM, 0, heightM * 0.4, paint.body),
    cuboid(lengthM * 0.85, widthM * 0.8, heightM * 0.4, heightM, paint.shell),
  ];
}

/** Draws obstacles over a rendered view, the nearest last, each pixel from four lines of sight. */
export function drawSolids(
  camera: Camera,
  viewpoint: Viewpoint,
  obstacles: readonly Obstacle[],
  paint: SolidPaint,
  target: Uint8Array,
  offset: number,
  stride: number,
): void {
  const sorted = obstacles
    .map((obstacle) => ({ obstacle, distance: Math.hypot(obstacle.x - viewpoint.x, obstacle.y - viewpoint.y) }))
    .filter(({ distance }) => distance < 12)
    .sort((a, b) => b.distance - a.distance);
  for (const { obstacle } of sorted) {
    for (const cuboid of cuboidsOf(obstacle, paint)) draw(camera, viewpoint, cuboid, target, offset, stride);
  }
}

function draw(
  camera: Camera,
  viewpoint: Viewpoint,
  cuboid: Cuboid,
  target: Uint8Array,
  offset: number,
  stride: number,
): void {
  const { width, height, focal } = camera;
  const window = windowOf(camera, viewpoint, cuboid);
  if (window === undefined) return;
  const turn = viewpoint.yaw - cuboid.yaw;
  const [cos, sin] = [Math.cos(turn), Math.sin(turn)];
  const [dx, dy] = [viewpoint.x - cuboid.x, viewpoint.y - cuboid.y];
  const px = dx * Math.cos(cuboid.yaw) + dy * Math.sin(cuboid.yaw);
  const py = dy * Math.cos(cuboid.yaw) - dx * Math.sin(cuboid.yaw);
  const pz = cameraMount.upM;
  const [sinPitch, cosPitch] = [Math.sin(camera.pitchRad), Math.cos(camera.pitchRad)];
  const { halfLength, halfWidth, bottom, top, shades } = cuboid;
  for (let v = window.fromV; v <= window.toV; v++) {
    for (let u = window.fromU; u <= window.toU; u++) {
      let hits = 0;
      let sum = 0;
      for (let sample = 0; sample < 4; sample++) {
        const down = (v + (sample < 2 ? 0.25 : 0.75) - height / 2) / focal;
        const left = -(u + (sample & 1 ? 0.75 : 0.25) - width / 2) / focal;
        const ahead = cosPitch - down * sinPitch;
        const rx = ahead * cos - left * sin;
        const ry = ahead * sin + left * cos;
        const rz = -(sinPitch + down * cosPitch);
        // The slab method: the line enters the cuboid where it has entered all three pairs of faces.
        const ax = (-halfLength - px) / rx;
        const bx = (halfLength - px) / rx;
        const ay = (-halfWidth - py) / ry;
        const by = (halfWidth - py) / ry;
        const az = (bottom - pz) / rz;
        const bz = (top - pz) / rz;
        const enterX = Math.min(ax, bx);
        const enterY = Math.min(ay, by);
        const enterZ = Math.min(az, bz);
        const enter = Math.max(enterX, enterY, enterZ, 0.01);
        const leave = Math.min(Math.max(ax, bx), Math.max(ay, by), Math.max(az, bz));
        if (!(enter <= leave)) continue;
        hits++;
        sum += enter === enterX ? shades[0] : enter === enterY ? shades[1] : shades[2];
      }
      if (hits === 0) continue;
      const at = offset + (v * width + u) * stride;
      target[at] = Math.round(((target[at] as number) * (4 - hits) + sum) / 4);
    }
  }
}

/** The pixels that a cuboid can cover; undefined when it is behind the camera or beside the picture. */
function windowOf(camera: Camera, viewpoint: Viewpoint, cuboid: Cuboid) {
  let [fromU, toU, fromV, toV] = [Infinity, -Infinity, Infinity, -Infinity];
  let behind = 0;
  for (let corner = 0; corner < 8; corner++) {
    const along = corner & 1 ? cuboid.halfLength : -cuboid.halfLength;
    const aside = corner & 2 ? cuboid.halfWidth : -cuboid.halfWidth;
    const x = cuboid.x + along * Math.cos(cuboid.yaw) - aside * Math.sin(cuboid.yaw) - viewpoint.x;
    const y = cuboid.y + along * Math.sin(cuboid.yaw) + aside * Math.cos(cuboid.yaw) - viewpoint.y;
    const ahead = x * Math.cos(viewpoint.yaw) + y * Math.sin(viewpoint.yaw);
    const left = y * Math.cos(viewpoint.yaw) - x * Math.sin(viewpoint.yaw);
    const seen = camera.project(ahead, left, (corner & 4 ? cuboid.top : cuboid.bottom) - cameraMount.upM);
    if (seen === undefined) {
      behind++;
      continue;
    }
    fromU = Math.min(fromU, seen.u);
    toU = Math.max(toU, seen.u);
    fromV = Math.min(fromV, seen.v);
    toV = Math.max(toV, seen.v);
  }
  if (behind === 8) return undefined;
  // With a corner behind the camera the projection says nothing about the window's size.
  if (behind > 0) [fromU, toU, fromV, toV] = [0, camera.width, 0, camera.height];
  const window = {
    fromU: Math.max(0, Math.floor(fromU)),
    toU: Math.min(camera.width - 1, Math.ceil(toU)),
    fromV: Math.max(0, Math.floor(fromV)),
    toV: Math.min(camera.height - 1, Math.ceil(toV)),
  };
  return window.fromU <= window.toU && window.fromV <= window.toV ? window : undefined;
}
