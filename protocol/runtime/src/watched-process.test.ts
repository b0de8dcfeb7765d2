import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { PitwallError } from '@pitwall/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { supervisedProcess, WatchedProcess } from './index.js';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-process-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const node = (script: string) => [process.execPath, '-e', script];

it('starts a process again whenever it ends by itself, and no more once it is stopped', async () => {
  const lost: PitwallError[] = [];
  let twice = () => {};
  const lostTwice = new Promise<void>((resolve) => {
    twice = resolve;
  });
  const supervised = supervisedProcess({
    name: 'stray',
    command: node('console.error("no such command"); process.exit(2)'),
    logFolder: folder,
    onLost: (error) => {
      lost.push(error);
      if (lost.length === 2) twice();
    },
  });
  supervised.start();
  await lostTwice;
  await supervised.stop();
  await supervised.stop();
  expect(lost.map(({ code }) => code)).toEqual(['process-ended', 'process-ended']);
  expect(lost[0]?.message).toMatch(/stray ended unexpectedly \(exit code 2\).*no such command/);
  expect(readFileSync(join(folder, 'stray.log'), 'utf8')).toBe('no such command\nno such command\n');
});

it('hands on its lines, and takes no end that was asked for for a loss', async () => {
  const lost: PitwallError[] = [];
  let started: WatchedProcess | undefined;
  const line = await new Promise<string>((resolve) => {
    started = new WatchedProcess({
      name: 'speaker',
      command: node('console.log("ready"); setInterval(() => {}, 1000)'),
      logFolder: folder,
      onLine: resolve,
      onLost: (error) => lost.push(error),
    });
  });
  expect(line).toBe('ready');
  await started?.stop();
  await started?.stop();
  expect(lost).toEqual([]);
});

it('says that a program is not there', async () => {
  const lost: PitwallError[] = [];
  const missing = new WatchedProcess({
    name: 'missing',
    command: [join(folder, 'no-such-program')],
    logFolder: folder,
    onLost: (error) => lost.push(error),
  });
  await missing.ended;
  await missing.stop();
  expect(lost.map(({ code }) => code)).toEqual(['process-ended']);
});

it.runIf(existsSync('/usr/bin/setpriv') || process.env.CI === 'true')(
  'does not outlive the process that started it',
  async () => {
    // A parent that starts a child in our way, tells its id, and is killed.
    const parent = node(
      `import('${import.meta.dirname}/../dist/index.js').then(({ endingWithParent }) => {
       const [program, ...args] = endingWithParent('TERM', [process.execPath, '-e', 'console.log("up"); setInterval(() => {}, 1000)']);
       const child = require('node:child_process').spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
       child.stdout.once('data', () => console.log(child.pid));
     });`,
    );
    let pid = 0;
    let started: WatchedProcess | undefined;
    await new Promise<void>((resolve) => {
      started = new WatchedProcess({
        name: 'parent',
        command: parent,
        logFolder: folder,
        onLine: (text) => {
          pid = Number(text);
          resolve();
        },
      });
    });
    expect(pid).toBeGreaterThan(0);
    await started?.stop();
    await expect.poll(() => isRunning(pid)).toBe(false);
  },
);

function isRunning(pid: number): boolean {
  try {
    // A zombie that nobody waits for has ended. proc(5)
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}
