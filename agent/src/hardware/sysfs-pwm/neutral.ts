import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pulse } from '../pulse-width.js';
import { findChip } from './chip.js';
import { enableLineOff } from './enable-line.js';
import type { SysfsPwmProfile } from './profile.js';

/**
 * Neutral and enable line off, at once and from any process: for whoever survives the one that held the outputs. Does
 * all that it can, and throws the first failure at the end.
 */
export function sysfsNeutral(profile: SysfsPwmProfile): void {
  const failures: unknown[] = [];
  const attempt = (act: () => void) => {
    try {
      act();
    } catch (error) {
      failures.push(error);
    }
  };
  let chip: string | undefined;
  attempt(() => {
    chip = findChip(profile.root, profile.chip);
  });
  for (const output of [profile.motor, profile.steering]) {
    const duty = chip === undefined ? undefined : join(chip, `pwm${output.channel}`, 'duty_cycle');
    // A channel that was never exported gives no pulse.
    if (duty !== undefined && existsSync(duty)) attempt(() => writeFileSync(duty, `${pulse(0, output)}\n`));
  }
  const { enable } = profile;
  if (enable !== undefined) attempt(() => enableLineOff(enable));
  if (failures.length > 0) throw failures[0];
}
