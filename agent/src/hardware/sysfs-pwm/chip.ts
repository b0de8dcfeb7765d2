import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { PitwallError } from '@pitwall/protocol';
import { pulse } from '../pulse-width.js';
import { type KernelFiles, kernelFiles, lostBecause } from './kernel-files.js';
import type { SysfsPwmProfile } from './profile.js';

export type PwmChip = Pick<SysfsPwmProfile, 'root' | 'chip' | 'period'>;

/** udev hands a new channel to its group a moment after the kernel showed it (a shell that it starts). */
const permission = { everyMs: 20, withinMs: 2000 } as const;

/**
 * The chip's folder: by name, or by a folder on the way to it (a whole name: `i2c-1` is not `i2c-10`). Undefined where
 * there is none. @throws PitwallError `outputs-lost` where it could be either of two
 */
export function findChip(root: string, chip: string, files: KernelFiles = kernelFiles): string | undefined {
  const names = files.list(root).filter((name) => name.startsWith('pwmchip'));
  const found = names.includes(chip)
    ? [chip]
    : names.filter((one) => files.resolve(join(root, one)).split('/').includes(chip));
  if (found.length > 1) {
    throw new PitwallError(
      'outputs-lost',
      `${chip} could be any of ${found.join(', ')} under ${root}; name the chip’s own folder in drivetrain.chip, such as 1-0040.`,
    );
  }
  return found[0] === undefined ? undefined : join(root, found[0]);
}

/** As {@link findChip}. @throws PitwallError `outputs-lost` */
export function chipFolder({ root, chip }: PwmChip, files: KernelFiles = kernelFiles): string {
  let found: string | undefined;
  try {
    found = findChip(root, chip, files);
  } catch (cause) {
    if (cause instanceof PitwallError) throw cause;
  }
  if (found !== undefined) return found;
  throw new PitwallError(
    'outputs-lost',
    `There is no PWM chip ${chip} under ${root}; check the wiring, the PWM driver and drivetrain.chip.`,
  );
}

/** An output of the drivetrain, ready and neutral; its `duty_cycle` file. */
export const openChannel = (
  profile: SysfsPwmProfile,
  output: SysfsPwmProfile['motor'] | SysfsPwmProfile['steering'],
  files: KernelFiles = kernelFiles,
): Promise<string> => openPwm(profile, output.channel, pulse(0, output), files);

/**
 * Makes a channel ready with a pulse of `nanoseconds`, and returns its `duty_cycle` file. A channel that cannot be used is
 * given back: as long as it is exported, a PCA9685 refuses everybody another period (drivers/pwm/pwm-pca9685.c).
 * @throws Error of the file system, with its code; PitwallError `outputs-lost`
 */
export async function openPwm(
  profile: PwmChip,
  channel: number,
  nanoseconds: number,
  files: KernelFiles = kernelFiles,
): Promise<string> {
  const chip = chipFolder(profile, files);
  const folder = join(chip, `pwm${channel}`);
  const isNew = !files.exists(folder);
  if (isNew) files.write(join(chip, 'export'), channel);
  try {
    await allowed(folder, files);
    begin(folder, profile.period, nanoseconds, files);
  } catch (error) {
    if (isNew) files.write(join(chip, 'unexport'), channel);
    throw error;
  }
  return join(folder, 'duty_cycle');
}

/** Waits until this user may write: that the files are there says nothing yet. */
async function allowed(folder: string, files: KernelFiles): Promise<void> {
  const wanted = ['period', 'duty_cycle', 'enable'].map((name) => join(folder, name));
  for (let waited = 0; waited < permission.withinMs; waited += permission.everyMs) {
    if (wanted.every((file) => files.writable(file))) return;
    await wait(permission.everyMs);
  }
}

/**
 * Order, by drivers/pwm/core.c: `pwm_apply_state` of Linux 5.10 refuses everything while the period is 0, as it is on a
 * fresh channel; every version refuses a pulse longer than the period.
 */
function begin(folder: string, period: number, nanoseconds: number, files: KernelFiles): void {
  setPeriod(folder, period, files);
  files.write(join(folder, 'duty_cycle'), nanoseconds);
  files.write(join(folder, 'enable'), 1);
}

function setPeriod(folder: string, period: number, files: KernelFiles): void {
  const [periodFile, dutyFile] = [join(folder, 'period'), join(folder, 'duty_cycle')];
  if (Number(files.read(periodFile)) === period) return;
  if (Number(files.read(dutyFile)) > period) files.write(dutyFile, 0);
  files.write(periodFile, period);
}

/**
 * Whether a channel can be used, without a pulse: it gets its period as for driving, is told what it has already, and is
 * given back where nobody used it. @throws PitwallError `outputs-lost`
 */
export async function tryPwm(profile: PwmChip, channel: number, files: KernelFiles = kernelFiles): Promise<void> {
  try {
    const chip = chipFolder(profile, files);
    const folder = join(chip, `pwm${channel}`);
    const isNew = !files.exists(folder);
    if (isNew) files.write(join(chip, 'export'), channel);
    try {
      await allowed(folder, files);
      setPeriod(folder, profile.period, files);
      for (const name of ['duty_cycle', 'enable']) files.write(join(folder, name), files.read(join(folder, name)));
    } finally {
      if (isNew) files.write(join(chip, 'unexport'), channel);
    }
  } catch (cause) {
    throw lostBecause(cause);
  }
}

/** Waits until the channel that sets the chip's period has it, for as long at most: whoever uses others comes after it. */
export async function afterChannel(
  profile: PwmChip,
  channel: number,
  withinMs: number,
  files: KernelFiles = kernelFiles,
): Promise<void> {
  const period = join(chipFolder(profile, files), `pwm${channel}`, 'period');
  for (let waited = 0; waited < withinMs; waited += permission.everyMs) {
    if (files.exists(period) && Number(files.read(period)) === profile.period) return;
    await wait(permission.everyMs);
  }
}

const channelsInUse = (chip: string, files: KernelFiles): string[] =>
  files.list(chip).flatMap((name) => /^pwm(\d+)$/.exec(name)?.[1] ?? []);

/** Whether anybody uses a channel of the chip. */
export const isInUse = (profile: PwmChip, files: KernelFiles): boolean =>
  channelsInUse(chipFolder(profile, files), files).length > 0;

/**
 * Gives back every channel of a chip that lost what it was told, and makes the kernel write its period again with the next
 * one: while channels are in use, Linux 5.13 and later refuse that (EBUSY); earlier ones believe that the period stands.
 */
export async function resetChip(
  profile: PwmChip,
  channel: number,
  nanoseconds: number,
  files: KernelFiles = kernelFiles,
): Promise<void> {
  const chip = chipFolder(profile, files);
  for (const used of channelsInUse(chip, files)) files.write(join(chip, 'unexport'), used);
  await openPwm({ ...profile, period: profile.period - profile.period / 1000 }, channel, nanoseconds, files);
  files.write(join(chip, `pwm${channel}`, 'period'), profile.period);
}
