import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, expect, it } from 'vitest';

const repository = resolve(import.meta.dirname, '../..');
const page = readFileSync(join(repository, 'docs/first-race.md'), 'utf8');

/** Blocks of the page in their order; a list indents them. */
const blocks = [...page.matchAll(/^( *)```(\w+)( try)?\n([\s\S]*?)^\1```$/gm)].map(([, indent, kind, tried, text]) => ({
  kind,
  tried: tried !== undefined,
  text: text!.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
}));
const commands = blocks.filter(({ tried }) => tried).flatMap(({ text }) => text.trim().split('\n'));

const work = mkdtempSync(join(tmpdir(), 'pitwall-first-race-'));
const env = { ...process.env, PATH: `${join(work, 'bin')}:${process.env.PATH}` };
let controller: ChildProcess;
let url = '';

beforeAll(async () => {
  mkdirSync(join(work, 'bin'));
  symlinkSync(join(repository, 'controller/bin/pitwall.js'), join(work, 'bin/pitwall'));
  symlinkSync(join(repository, 'agent/bin/pitwall-agent.js'), join(work, 'bin/pitwall-agent'));
  copyFileSync(join(repository, 'agent/models/sample.tar.gz'), join(work, 'model.tar.gz'));
  for (const { kind, text } of blocks) if (kind === 'yaml') writeFileSync(join(work, /^# (\S+)/.exec(text)![1]!), text);
  // The first command, on free ports; it goes on while the others are tried.
  controller = spawn('bash', ['-c', `exec ${commands[0]} --port 0 --mqtt-port 0`], {
    ...{ cwd: work, env, stdio: ['ignore', 'pipe', 'inherit'] },
  });
  for await (const line of createInterface({ input: controller.stdout! })) {
    url = /Pitwall is at (\S+),/.exec(line)?.[1] ?? '';
    if (url !== '') break;
  }
  controller.stdout!.resume();
});
afterAll(async () => {
  if (controller.exitCode === null && controller.kill()) await once(controller, 'exit');
  rmSync(work, { recursive: true });
});

it('a controller comes first, and there is something to try for everybody', () => {
  expect(commands[0]).toMatch(/^pitwall serve /);
  expect(url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
  expect(commands.length).toBeGreaterThanOrEqual(7);
});

it.each(commands.slice(1))('%s', (line) => {
  const { status, stdout, stderr } = spawnSync('bash', ['-c', line.replaceAll('http://127.0.0.1:8080', url)], {
    ...{ cwd: work, env, encoding: 'utf8' },
  });
  expect(`${status} ${stderr}${stdout}`).toMatch(/^0/);
  if (line.startsWith('curl')) expect(stdout).toContain('First cup');
  if (line.includes(' doctor ')) expect(stdout).toMatch(/^Next: /m);
  if (line.includes(' evaluate ')) expect(stdout).toMatch(/\d\.\d{3}|100/);
});
