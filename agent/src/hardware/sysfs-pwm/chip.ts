import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pulse } from '../pulse-width.js';
import type { SysfsPwmProfile } from './profile.js';

/** The chip's folder: by name, or by what its symlink's target contains. Undefined where there is none. */
export function findChip(root: string, chip: string): string | undefined {
  const names = readdirSync(root).filter((name) => name.startsWith('pwmchip'));
  const name = names.find((one) => one === chip) ?? names.find((one) => realpathSync(join(root, one)).includes(chip));
  return name === undefined ? undefined : join(root, name);
}

/** An output of the drivetrain, ready and neutral; its `duty_cycle` file. */
export const openChannel = (
  profile: SysfsPwmProfile,
  output: SysfsPwmProfile['motor'] | SysfsPwmProfile['steering'],
): Promise<string> => openPwm(profile, output.channel, pulse(0, output));

/**
 * Makes a channel ready with a pulse of `nanoseconds`, before anything else where it already runs, and returns its
 * `duty_cycle` file. Order: a duty cycle longer than the period is refused by the kernel, so a fresh channel gets its
 * period first.
 */
export async function openPwm(
  { root, chip, period }: Pick<SysfsPwmProfile, 'root' | 'chip' | 'period'>,
  channel: number,
  nanoseconds: number,
): Promise<string> {
  const found = findChip(root, chip);
  if (found === undefined) throw new Error(`There is no PWM chip ${chip} under ${root}.`);
  const folder = join(found, `pwm${channel}`);
  if (!existsSync(folder)) {
    writeFileSync(join(found, 'export'), `${channel}\n`);
    // udev gives the new folder to its group a moment later.
    for (let tries = 0; tries < 50 && !existsSync(join(folder, 'enable')); tries++) await wait(20);
  }
  const duty = join(folder, 'duty_cycle');
  if (Number(readFileSync(join(folder, 'period'), 'utf8')) !== period) {
    writeFileSync(duty, '0\n');
    writeFileSync(join(folder, 'period'), `${period}\n`);
  }
  writeFileSync(duty, `${nanoseconds}\n`);
  writeFileSync(join(folder, 'enable'), '1\n');
  return duty;
}
