import type { Pose } from './car.js';
import { carMeasures } from './car.js';

/** A box or a bot car, standing on the floor; x, y is its middle. Lengths in metres. */
export interface Obstacle extends Pose {
  readonly kind: 'box' | 'bot';
  readonly lengthM: number;
  readonly widthM: number;
  readonly heightM: number;
}

/** The cloud simulator's cardboard box; its long side lies along the lane, so that a car can pass it. */
export const boxMeasures = { lengthM: 0.39, widthM: 0.24, heightM: 0.27 } as const;
export const botMeasures = { lengthM: carMeasures.lengthM, widthM: carMeasures.widthM, heightM: 0.18 } as const;

/** Whether the car's rectangle overlaps an obstacle's: no side of either separates them. */
export function overlaps(car: Pose, obstacle: Obstacle): boolean {
  const dx = obstacle.x - car.x;
  const dy = obstacle.y - car.y;
  const reach = carMeasures.lengthM + carMeasures.widthM + obstacle.lengthM + obstacle.widthM;
  if (dx * dx + dy * dy > (reach * reach) / 4) return false;
  const shapes = [
    { yaw: car.yaw, length: carMeasures.lengthM / 2, width: carMeasures.widthM / 2 },
    { yaw: obstacle.yaw, length: obstacle.lengthM / 2, width: obstacle.widthM / 2 },
  ];
  for (const { yaw } of shapes) {
    for (const angle of [yaw, yaw + Math.PI / 2]) {
      const distance = Math.abs(dx * Math.cos(angle) + dy * Math.sin(angle));
      let reached = 0;
      for (const shape of shapes) {
        reached +=
          shape.length * Math.abs(Math.cos(shape.yaw - angle)) + shape.width * Math.abs(Math.sin(shape.yaw - angle));
      }
      if (distance >= reached) return false;
    }
  }
  return true;
}
