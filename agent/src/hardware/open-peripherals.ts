import type { BatteryProfile, CarProfile, DrivetrainProfile, LightProfile } from '@pitwall/firmware-config';
import type { Now } from '@pitwall/runtime';
import type { Battery } from './battery.js';
import type { DeviceEvents } from './device.js';
import { readLevel } from './i2c/index.js';
import { I2cImu } from './i2c-imu/index.js';
import { IioImu, readVolts } from './iio/index.js';
import type { Imu } from './imu.js';
import type { Lidar } from './lidar.js';
import type { Light } from './light.js';
import { PolledBattery } from './polled-battery.js';
import { RpLidar } from './rplidar/index.js';
import { SysfsPwmLight } from './sysfs-pwm/index.js';

/** What a car can drive without. */
export interface Peripherals {
  /** An MPU-6050 is not here: it hangs on the drivetrain's board. */
  readonly imu?: Imu;
  readonly lidar?: Lidar;
  readonly battery?: Battery;
  readonly light?: Light;
}

/** The peripherals that a profile names, not started. */
export function openPeripherals(
  { drivetrain, imu, lidar, battery, light }: CarProfile,
  { now, events }: { readonly now: Now; readonly events: (device: string) => DeviceEvents },
): Peripherals {
  return {
    ...(imu?.kind === 'iio' ? { imu: new IioImu(imu, { now, events: events('IMU') }) } : {}),
    ...(imu?.kind === 'i2c' ? { imu: new I2cImu(imu, { now, events: events('IMU') }) } : {}),
    ...(lidar === undefined ? {} : { lidar: new RpLidar(lidar, { now, events: events('lidar') }) }),
    ...(battery === undefined ? {} : { battery: openBattery(battery, now, events('battery')) }),
    ...(light === undefined
      ? {}
      : { light: new SysfsPwmLight(light, events('tail light'), channelBefore(light, drivetrain)) }),
  };
}

/** A light on the chip of motor and steering waits for the period that they set. */
const channelBefore = ({ chip, root }: LightProfile, drivetrain: DrivetrainProfile): number | undefined =>
  drivetrain.kind === 'sysfs-pwm' && drivetrain.chip === chip && drivetrain.root === root
    ? drivetrain.motor.channel
    : undefined;

const openBattery = (profile: BatteryProfile, now: Now, events: DeviceEvents): Battery =>
  new PolledBattery({
    now,
    events,
    everyMs: profile.every * 1000,
    read: () => (profile.kind === 'i2c-level' ? readLevel(profile) : readVolts(profile)),
  });
