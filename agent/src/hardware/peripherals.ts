import type { CarProfile } from '@pitwall/firmware-config';
import type { Now } from './clock.js';
import type { DeviceEvents } from './device.js';
import { IioImu } from './iio/index.js';
import type { Imu } from './imu.js';

/** What a car can drive without. */
export interface Peripherals {
  readonly imu?: Imu;
}

/** The peripherals that a profile names, not started. */
export function openPeripherals(
  profile: CarProfile,
  parts: { readonly now: Now; readonly events: (device: string) => DeviceEvents },
): Peripherals {
  const { imu } = profile;
  const { now, events } = parts;
  return {
    ...(imu?.kind === 'iio' ? { imu: new IioImu(imu, { now, events: events('IMU') }) } : {}),
  };
}
