import type { DrivetrainProfile, ImuProfile } from '@pitwall/firmware-config';
import type { Drivetrain, DrivetrainEvents } from './drivetrain.js';
import { sysfsNeutral } from './sysfs-pwm/neutral.js';

export type MakeDrivetrain = (events: DrivetrainEvents) => Drivetrain;

/** Whether its outputs are a port that only one process can hold, so that nobody else can write neutral meanwhile. */
export const hasOneOwner = (profile: DrivetrainProfile): boolean =>
  profile.kind === 'firmata' || profile.kind === 'drive-unit';

/**
 * A drivetrain as its profile says, its code loaded and nothing of it opened. Each family is loaded only when it is
 * wanted: johnny-five alone takes longer to load than a car may roll.
 * @param imu one that hangs on the drivetrain's board
 */
export async function loadDrivetrain(profile: DrivetrainProfile, imu?: ImuProfile): Promise<MakeDrivetrain> {
  switch (profile.kind) {
    case 'simulated': {
      const { SimulatedDrivetrain } = await import('./simulated/drivetrain.js');
      return (events) => new SimulatedDrivetrain(profile, events);
    }
    case 'sysfs-pwm': {
      const { SysfsPwmDrivetrain } = await import('./sysfs-pwm/index.js');
      return () => new SysfsPwmDrivetrain(profile);
    }
    case 'firmata':
    case 'drive-unit': {
      const { FirmataDrivetrain, loadJohnnyFive } = await import('./firmata/index.js');
      await loadJohnnyFive();
      return (events) => new FirmataDrivetrain(profile, events, imu?.kind === 'mpu6050' ? imu : undefined);
    }
  }
}

/**
 * Writes neutral and switches the enable line off at once, from any process, where the outputs are files. A serial port
 * has one owner at a time: there a new actuator process does it, before anything else.
 */
export function neutralNow(profile: DrivetrainProfile): void {
  if (profile.kind === 'sysfs-pwm') sysfsNeutral(profile);
}

/** Leaves the outputs neutral with nobody else there to hold them. @throws PitwallError `outputs-lost` */
export async function neutralAlone(profile: DrivetrainProfile): Promise<void> {
  switch (profile.kind) {
    case 'simulated':
      return;
    case 'sysfs-pwm':
      sysfsNeutral(profile);
      return;
    case 'firmata':
    case 'drive-unit': {
      const { serialNeutral } = await import('./firmata/index.js');
      await serialNeutral(profile);
    }
  }
}
