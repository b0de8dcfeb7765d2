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
 * in use: one that was never exported gives no pulse. The line first: a bus that hangs holds each pulse up for as long as its
 * adapter waits (a second in drivers/i2c/busses/i2c-bcm2835.c). Each pulse twice, a nanosecond apart, so that one of them
 * reaches the chip whatever the kernel believes to stand there.
 */
export function neutralWrites(profile: SysfsPwmProfile, files: KernelFiles = kernelFiles): KernelWrite[] {
  const { root, motor, steering, enable } = profile;
  const chip = files.exists(root) ? findChip(root, profile.chip, files) : undefined;
  const writes = [motor, steering].flatMap((output) => {
    const file = chip === undefined ? '' : join(chip, `pwm${output.channel}`, 'duty_cycle');
    return [pulse(0, output) + 1, pulse(0, output)].map((value) => ({ file, value }));
  });
  return [...lineWrites(enable, files), ...writes.filter(({ file }) => file !== '' && files.exists(file))];
}

/** What switches the motor's enable line off, where it is in use. */
export const lineWrites = (enable: SysfsPwmProfile['enable'], files: KernelFiles = kernelFiles): KernelWrite[] =>
  (enable?.gpios ?? [])
    .map((gpio) => ({ file: join(enable!.root, `gpio${gpio}`, 'value'), value: enable!.low ? 1 : 0 }))
    .filter(({ file }) => files.exists(file));

/**
 * Neutral and enable line off, at once and from any process: for whoever survives the one that held the outputs. Does
 * all that it can, and throws the first failure at the end. @throws PitwallError `outputs-lost`
 */
export const sysfsNeutral = (profile: SysfsPwmProfile, files: KernelFiles = kernelFiles): void =>
  writeAll(neutralWrites(profile, files), files);

/** All that can be written; a file that failed is not tried again. @throws PitwallError `outputs-lost`, of the first failure */
export function writeAll(writes: readonly KernelWrite[], files: KernelFiles = kernelFiles): void {
  const failures = new Map<string, unknown>();
  for (const { file, value } of writes) {
    if (failures.has(file)) continue;
    try {
      files.write(file, value);
    } catch (error) {
      failures.set(file, error);
    }
  }
  for (const error of failures.values()) throw lostBecause(error);
}
