import type { DrivetrainProfile, ImuProfile } from '@pitwall/firmware-config';
import type { Drivetrain, DrivetrainEvents } from './drivetrain.js';
import { pca9685Commands, pca9685Neutral } from './pca9685/index.js';
import { type KernelWrite, lineWrites, neutralWrites, sysfsNeutral } from './sysfs-pwm/index.js';

export type MakeDrivetrain = (events: DrivetrainEvents) => Drivetrain;

/** Whether its outputs are a port that only one process can hold, so that nobody else can write neutral meanwhile. */
export const hasOneOwner = (profile: DrivetrainProfile): boolean =>
  profile.kind === 'firmata' || profile.kind === 'drive-unit';

/** What is known of a car beside its drivetrain, for whoever opens that. */
export interface DrivetrainUse {
  /** False while nobody knows which pulse is neutral for this motor: it gets none. */
  readonly motor: boolean;
  /** One that hangs on the drivetrain's board. */
  readonly imu?: ImuProfile;
}

/**
 * A drivetrain as its profile says, its code loaded and nothing of it opened. Each family is loaded only when it is
 * wanted: johnny-five alone takes longer to load than a car may roll.
 */
export async function loadDrivetrain(
  profile: DrivetrainProfile,
  { motor, imu }: DrivetrainUse,
): Promise<MakeDrivetrain> {
  switch (profile.kind) {
    case 'simulated': {
      const { SimulatedDrivetrain } = await import('./simulated/drivetrain.js');
      return (events) => new SimulatedDrivetrain(profile, events);
    }
    case 'sysfs-pwm': {
      const { SysfsPwmDrivetrain } = await import('./sysfs-pwm/index.js');
      return (events) => new SysfsPwmDrivetrain(profile, events, { motor });
    }
    case 'pca9685':
    case 'h-bridge': {
      const { Pca9685Drivetrain } = await import('./pca9685/index.js');
      return (events) => new Pca9685Drivetrain(profile, events, { motor });
    }
    case 'firmata':
    case 'drive-unit': {
      const { FirmataDrivetrain, loadJohnnyFive } = await import('./firmata/index.js');
      await loadJohnnyFive();
      return (events) => new FirmataDrivetrain(profile, events, { motor, ...(imu?.kind === 'mpu6050' ? { imu } : {}) });
    }
  }
}

/**
 * Writes neutral and switches the enable line off at once, from any process, where the outputs are files or a chip on I²C. A
 * serial port has one owner at a time: there a new actuator process does it, before anything else.
 */
export function neutralNow(profile: DrivetrainProfile): void {
  if (profile.kind === 'sysfs-pwm') sysfsNeutral(profile);
  if (profile.kind === 'pca9685' || profile.kind === 'h-bridge') pca9685Neutral(profile);
}

/**
 * A script of the shell that makes the outputs of a running agent neutral without any program of ours, for whoever comes when
 * both of its processes died at once: Node alone needs seconds to start on a car's computer.
 */
export async function neutralScript(profile: DrivetrainProfile, { motor }: DrivetrainUse): Promise<string> {
  const lines = ['#!/bin/sh'];
  if (profile.kind === 'sysfs-pwm') {
    lines.push(...neutralWrites(profile).map(echo));
  } else if (profile.kind === 'pca9685' || profile.kind === 'h-bridge') {
    lines.push(...lineWrites(profile.enable).map(echo), ...pca9685Commands(profile));
  } else if (profile.kind !== 'simulated') {
    const { rawNeutral } = await import('./firmata/raw.js');
    const bytes = [...rawNeutral(profile, motor)].map((byte) => `\\${byte.toString(8).padStart(3, '0')}`).join('');
    lines.push(`stty -F ${quoted(profile.port)} ${profile.baud} raw -echo -hupcl`);
    lines.push(`printf '${bytes}' > ${quoted(profile.port)}`);
  }
  return `${lines.join('\n')}\n`;
}

const echo = ({ file, value }: KernelWrite): string => `echo ${value} > ${quoted(file)}`;
const quoted = (path: string): string => `'${path.replaceAll("'", "'\\''")}'`;

/** Leaves the outputs neutral with nobody else there to hold them. @throws PitwallError `outputs-lost` */
export async function neutralAlone(profile: DrivetrainProfile, { motor }: DrivetrainUse): Promise<void> {
  switch (profile.kind) {
    case 'simulated':
      return;
    case 'sysfs-pwm':
    case 'pca9685':
    case 'h-bridge':
      neutralNow(profile);
      return;
    case 'firmata':
    case 'drive-unit': {
      const { serialNeutral } = await import('./firmata/index.js');
      await serialNeutral(profile, motor);
    }
  }
}
