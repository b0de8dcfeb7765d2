import type { DrivetrainProfile } from '@pitwall/firmware-config';
import type { Drivetrain, DrivetrainEvents } from './drivetrain.js';

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
    case 'sysfs-pwm':
    case 'firmata':
    case 'drive-unit':
      throw new Error(`no drivetrain ${profile.kind} yet`);
  }
}

/**
 * Writes neutral and switches the enable line off at once, from any process, where the outputs are files. Serial
 * drivetrains have one owner at a time; a new actuator process writes neutral first of all.
 */
export function neutralNow(_profile: DrivetrainProfile): void {}
