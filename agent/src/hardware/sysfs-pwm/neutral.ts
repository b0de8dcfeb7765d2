import { join } from 'node:path';
import { pulse } from '../pulse-width.js';
import { findChip } from './chip.js';
import { type KernelFiles, kernelFiles, lostBecause } from './kernel-files.js';
import type { SysfsPwmProfile } from './profile.js';

/** A file of the kernel, and what to write there. */
export interface KernelWrite {
  readonly file: string;
  readonly value: number;
}

/**
 * Every write that makes the outputs neutral and switches the enable line off, in order, for the channels and lines that are
 * in use: one that was never exported gives no pulse. Each pulse twice, a nanosecond apart, so that one of them reaches the
 * chip whatever the kernel believes to stand there.
 */
export function neutralWrites(profile: SysfsPwmProfile, files: KernelFiles = kernelFiles): KernelWrite[] {
  const { root, motor, steering, enable } = profile;
  const chip = files.exists(root) ? findChip(root, profile.chip, files) : undefined;
  const writes = [motor, steering].flatMap((output) => {
    const file = chip === undefined ? '' : join(chip, `pwm${output.channel}`, 'duty_cycle');
    return [pulse(0, output) + 1, pulse(0, output)].map((value) => ({ file, value }));
  });
  const lines = (enable?.gpios ?? []).map((gpio) => ({
    file: join(enable!.root, `gpio${gpio}`, 'value'),
    value: enable!.low ? 1 : 0,
  }));
  return [...writes, ...lines].filter(({ file }) => file !== '' && files.exists(file));
}

/**
 * Neutral and enable line off, at once and from any process: for whoever survives the one that held the outputs. Does
 * all that it can, and throws the first failure at the end. @throws PitwallError `outputs-lost`
 */
export function sysfsNeutral(profile: SysfsPwmProfile, files: KernelFiles = kernelFiles): void {
  const failures: unknown[] = [];
  for (const { file, value } of neutralWrites(profile, files)) {
    try {
      files.write(file, value);
    } catch (error) {
      failures.push(error);
    }
  }
  if (failures.length > 0) throw lostBecause(failures[0]);
}
