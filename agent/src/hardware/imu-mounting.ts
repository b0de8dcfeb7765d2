import type { ImuProfile } from '@pitwall/firmware-config';
import type { Axes } from './imu.js';

export type Mounting = ImuProfile['mounting'];

/** What a chip measures along its own axes, along the car's. */
export function mounted({ forward, left, up }: Mounting, chip: Axes): Axes {
  const along = (axis: Mounting['up']): number => {
    const value = chip[axis.at(-1) as 'x' | 'y' | 'z'];
    return axis.startsWith('-') ? -value : value;
  };
  return { x: along(forward), y: along(left), z: along(up) };
}
