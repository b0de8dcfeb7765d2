import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packCarArchive } from './pack.js';

const strace = '/usr/bin/strace';
const program = fileURLToPath(new URL('../../agent/bin/pitwall-agent.js', import.meta.url));

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'pitwall-touched-'));
  for (const name of ['home', 'tmp']) await mkdir(join(folder, name));
  await packCarArchive(join(folder, 'a.tar.gz'), {
    size: 'shallow',
    head: 'discrete',
    camera: 'FRONT_FACING_CAMERA',
    seed: 1,
  });
  await writeFile(
    join(folder, 'agent.yaml'),
    [
      'car: red',
      'profile: simulated',
      'simulated: { track: oval }',
      `model: ${join(folder, 'a.tar.gz')}`,
      `models: { folder: ${join(folder, 'models')} }`,
      `recorder: { folder: ${join(folder, 'recordings')} }`,
    ].join('\n'),
  );
});
afterAll(() => rm(folder, { recursive: true }));

/** Runs the agent and all its processes under strace, until it ends or `until` stands in what it says. */
async function touched(args: readonly string[], until?: RegExp): Promise<{ written: string[]; addresses: string[] }> {
  const log = join(folder, `strace-${args[0]}.log`);
  // What does not open files or sockets runs at full speed (a filter in the kernel).
  const calls = ['-f', '--seccomp-bpf', '-qq', '-s', '200', '-e', 'trace=network,openat,creat', '-o', log];
  const child = spawn(strace, [...calls, process.execPath, program, ...args], {
    cwd: folder,
    // As a person would start it, with a home that shows what was left there.
    env: { PATH: process.env.PATH, HOME: join(folder, 'home'), TMPDIR: join(folder, 'tmp') },
    stdio: ['ignore', 'pipe', 'inherit'],
    detached: true,
  });
  let said = '';
  child.stdout?.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    // To all of them: strace itself lets no signal end it while it writes to a file.
    if (until?.test(said)) process.kill(-child.pid!, 'SIGTERM');
  });
  const ended = await once(child, 'exit');
  if (until === undefined) expect(ended, said).toEqual([0, null]);
  else expect(said).toMatch(until);
  const lines = (await readFile(log, 'utf8')).split('\n');
  const written = lines.flatMap((line) => {
    const [, path] = /open(?:at)?\((?:AT_FDCWD, )?"([^"]+)", [^)]*O_(?:WRONLY|RDWR|CREAT)[^)]*\) = \d/.exec(line) ?? [];
    const file = resolve(folder, path ?? '');
    return file.startsWith(folder) || /^\/(dev|proc|sys)\//.test(file) ? [] : [file];
  });
  const addresses = lines.filter((line) => /sa_family=AF_INET6?/.test(line) && /^\d+ +(connect|send)/.test(line));
  expect(lines.length, 'strace saw something').toBeGreaterThan(20);
  return { written, addresses };
}

/** onnxruntime-node 1.30 as it comes: a device id, a database, `/tmp/mat-debug-PID.log`, and a look-up of its maker's host. */
describe.runIf(existsSync(strace) || process.env.CI === 'true')('what our programs touch on a computer', () => {
  it.each([
    ['import and inference', ['model', 'inspect', 'a.tar.gz'], undefined],
    [
      'evaluation',
      ['evaluate', 'a.tar.gz', '--track', 'oval', '--trials', '2', '--workers', '2', '--out', 'report'],
      undefined,
    ],
    ['a car', ['run', '--config', 'agent.yaml'], /is ready/],
  ])(
    '%s: no file outside our folders, no address that was not configured',
    async (_, args, until) => {
      expect(await touched(args, until)).toEqual({ written: [], addresses: [] });
      const left = await readdir(join(folder, 'home'), { recursive: true });
      expect(left.filter((name) => /microsoft|onnx/i.test(name))).toEqual([]);
    },
    60_000,
  );
});
