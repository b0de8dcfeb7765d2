import type { DrivetrainProfile } from '@pitwall/firmware-config';
import type { Drivetrain, DrivetrainEvents } from './drivetrain.js';
import { sysfsNeutral } from './sysfs-pwm/neutral.js';

/**
 * A drivetrain as its profile says. Each family is loaded only when it is wanted: the actuator process must be quick to
 * write its first neutral, and johnny-five alone takes longer to load than a car may roll.
 */
export async function drivetrainFor(profile: DrivetrainProfile, events: DrivetrainEvents): Promise<Drivetrain> {
  switch (profile.kind) {
    case 'simulated': {
      const { SimulatedDrivetrain } = await import('./simulated/drivetrain.js');
      return new SimulatedDrivetrain(profile, events);
    }
    case 'sysfs-pwm': {
      const { SysfsPwmDrivetrain } = await import('./sysfs-pwm/index.js');
      return new SysfsPwmDrivetrain(profile);
    }
    case 'firmata':
    case 'drive-unit': {
      const { FirmataDrivetrain } = await import('./firmata/index.js');
      return new FirmataDrivetrain(profile, events);
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
