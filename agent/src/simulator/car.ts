import type { Point } from '@pitwall/protocol/track';

/** The car's measures in metres, as the cloud simulator has them. The origin lies midway between the axles. */
export const carMeasures = {
  widthM: 0.1961,
  lengthM: 0.3235,
  wheelbaseM: 0.164,
  rearTrackM: 0.1621,
  frontTrackM: 0.1592,
  /** The point whose projection on the centre line is the car's progress lies this far ahead of the origin. */
  progressPointM: 0.14,
} as const;

export interface Pose {
  readonly x: number;
  readonly y: number;
  /** Radians, counter-clockwise from the x axis. */
  readonly yaw: number;
}

/** The point of the car that counts for progress. */
export function progressPoint({ x, y, yaw }: Pose): Point {
  return { x: x + carMeasures.progressPointM * Math.cos(yaw), y: y + carMeasures.progressPointM * Math.sin(yaw) };
}

/** Ground contacts: front left, front right, rear left, rear right. */
export function wheels({ x, y, yaw }: Pose): readonly [Point, Point, Point, Point] {
  const [cos, sin] = [Math.cos(yaw), Math.sin(yaw)];
  const at = (ahead: number, left: number): Point => ({
    x: x + ahead * cos - left * sin,
    y: y + ahead * sin + left * cos,
  });
  const half = carMeasures.wheelbaseM / 2;
  const front = carMeasures.frontTrackM / 2;
  const rear = carMeasures.rearTrackM / 2;
  return [at(half, front), at(half, -front), at(-half, rear), at(-half, -rear)];
}
