import { existsSync, readdirSync, readFileSync, realpathSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { pulse } from '../pulse.js';
import type { SysfsPwmProfile } from './profile.js';

/** The chip's folder: by name, or by what its symlink's target contains. Undefined where there is none. */
export function findChip(root: string, chip: string): string | undefined {
  const names = readdirSync(root).filter((name) => name.startsWith('pwmchip'));
  const name = names.find((one) => one === chip) ?? names.find((one) => realpathSync(join(root, one)).includes(chip));
  return name === undefined ? undefined : join(root, name);
}

/**
 * Makes a channel ready, neutral before anything else where it already runs, and returns its `duty_cycle` file.
 * Order: a duty cycle longer than the period is refused by the kernel, so a fresh channel gets its period first.
 */
export async function openChannel(
  profile: SysfsPwmProfile,
  output: SysfsPwmProfile['motor'] | SysfsPwmProfile['steering'],
): Promise<string> {
  const chip = findChip(profile.root, profile.chip);
  if (chip === undefined) throw new Error(`no PWM chip ${profile.chip} under ${profile.root}`);
  const folder = join(chip, `pwm${output.channel}`);
  if (!existsSync(folder)) {
    writeFileSync(join(chip, 'export'), `${output.channel}\n`);
    // udev gives the new folder to its group a moment later.
    for (let tries = 0; tries < 50 && !existsSync(join(folder, 'enable')); tries++) await wait(20);
  }
  const duty = join(folder, 'duty_cycle');
  const middle = `${pulse(0, output)}\n`;
  if (Number(readFileSync(join(folder, 'period'), 'utf8')) !== profile.period) {
    writeFileSync(duty, '0\n');
    writeFileSync(join(folder, 'period'), `${profile.period}\n`);
  }
  writeFileSync(duty, middle);
  writeFileSync(join(folder, 'enable'), '1\n');
  return duty;
}
