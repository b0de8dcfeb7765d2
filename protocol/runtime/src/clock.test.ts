import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { promisify } from 'node:util';
import { BootId } from '@pitwall/protocol';
import { expect, it } from 'vitest';
import { clockContract } from '../testing/clock.js';
import { hostClock, kernelBootId } from './index.js';

const python = '/usr/bin/python3';
/** Python's clock of the same name (PEP 418), and the kernel's file, read by somebody else. */
const byPython = async () => {
  const program = 'import time; print(open("/proc/sys/kernel/random/boot_id").read().strip(), time.monotonic_ns())';
  const { stdout } = await promisify(execFile)(python, ['-c', program]);
  const [bootId = '', nanoseconds = ''] = stdout.trim().split(' ');
  return { bootId, at: Math.floor(Number(nanoseconds) / 1000) };
};

clockContract('this machine’s', {
  make: hostClock,
  ...(existsSync(python) ? { elsewhere: byPython } : {}),
});

it('whose kernel says no boot id lives as long as its process, under a name of its own', () => {
  expect(() => kernelBootId('/nonexistent')).toThrow(expect.objectContaining({ code: 'clock-unreadable' }));
  const [one, two] = [hostClock('/nonexistent'), hostClock('/nonexistent')];
  expect(BootId.parse(one.bootId)).not.toBe(kernelBootId());
  expect(two.bootId).toBe(one.bootId);
});

clockContract('of a machine without a boot id', { make: () => hostClock('/nonexistent') });
