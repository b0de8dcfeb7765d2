import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { feedWatchdog, tellReady } from './systemd-watchdog.js';

let folder: string;
const path = process.env.PATH;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-systemd-'));
  writeFileSync(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$@" >> '${folder}/said'\n`);
  chmodSync(join(folder, 'systemd-notify'), 0o755);
  process.env.PATH = `${folder}:${path}`;
});
afterEach(() => {
  process.env.PATH = path;
  rmSync(folder, { recursive: true, force: true });
});
const said = () => (existsSync(join(folder, 'said')) ? readFileSync(join(folder, 'said'), 'utf8') : '');

it('feeds systemd’s watchdog as long as the loop runs', async () => {
  const stop = feedWatchdog({ NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '40000' });
  await vi.waitFor(() => expect(said().match(/^WATCHDOG=1$/gm)?.length).toBeGreaterThan(2), 10_000);
  stop();
});

it('says once that the agent is ready', async () => {
  tellReady({ NOTIFY_SOCKET: '/run/x' });
  await vi.waitFor(() => expect(said()).toBe('--ready\n'), 10_000);
});

it('does nothing where there is none', () => {
  tellReady({});
  feedWatchdog({})();
  feedWatchdog({ NOTIFY_SOCKET: '/run/x' })();
  expect(said()).toBe('');
});
