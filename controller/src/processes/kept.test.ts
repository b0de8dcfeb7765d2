import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PitwallError } from '@pitwall/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Kept, Process } from './index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-kept-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

it('starts a process again whenever it ends by itself, and no more once it is stopped', async () => {
  const lost: PitwallError[] = [];
  let started = 0;
  let twice: () => void;
  const lostTwice = new Promise<void>((resolve) => {
    twice = resolve;
  });
  const kept = new Kept({
    start: (onLost) => {
      started += 1;
      return new Process('stray', 'pitwall', ['no-such-command'], { logFolder: folder, onLost });
    },
    lost: (error) => {
      lost.push(error);
      if (lost.length === 2) twice();
    },
  });
  kept.start();
  await lostTwice;
  await kept.stop();
  await kept.stop();
  expect(lost.map(({ code }) => code)).toEqual(['process-ended', 'process-ended']);
  expect(lost[0]?.message).toMatch(/stray ended unexpectedly \(exit code 2\).*no-such-command/);
  expect(started).toBe(2);
});
