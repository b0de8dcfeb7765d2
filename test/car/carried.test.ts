import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ModelStore } from '@pitwall/agent/model-store';
import type { Sha256 } from '@pitwall/protocol';
import { afterAll, expect, it } from 'vitest';
import { agentCommand } from '../drive/agent.js';
import { writeArchive } from '../hardware/archive.js';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-carried-'));
afterAll(() => rmSync(folder, { recursive: true }));
const stick = join(folder, 'stick');
const state = join(folder, 'state');
const config = join(folder, 'agent.yaml');
writeFileSync(config, 'car: red\nprofile: simulated\n');

/** On a fresh install: nothing is configured, systemd has made a folder. */
const model = (...args: readonly string[]): Promise<{ code: number | null; out: string; err: string }> =>
  new Promise((resolve) => {
    const env = { ...process.env, STATE_DIRECTORY: state };
    const child = execFile(
      process.execPath,
      [agentCommand, 'model', ...args, '--config', config],
      { env },
      (_, out, err) => resolve({ code: child.exitCode, out, err }),
    );
  });
const carried = async () => (await model('list')).out.split('\n').filter((line) => line !== '');
const hashOf = (line: string | undefined) => line?.slice(0, 64) as Sha256;

it('a car’s models are imported from a stick, listed and deleted at its terminal', async () => {
  expect(await carried()).toEqual([]);
  mkdirSync(join(stick, 'team'), { recursive: true });
  writeArchive(join(stick, 'anna.tar.gz'), 'tiny', 1);
  writeArchive(join(stick, 'team', 'bob.tar.gz'), 'tiny', 2);
  writeFileSync(join(stick, 'broken.tar.gz'), 'no archive');
  writeFileSync(join(stick, '._anna.tar.gz'), 'what another computer leaves on every stick');
  const imported = await model('import', stick);
  expect(imported.out).toMatch(/^[0-9a-f]{64} {2}anna\n[0-9a-f]{64} {2}bob\n$/);
  expect(imported.err).toMatch(/broken\.tar\.gz: archive-invalid: /);
  expect(imported.err).not.toContain('._anna');
  expect(imported.code).toBe(1);

  const [anna, bob] = await carried();
  expect(anna).toMatch(/^[0-9a-f]{64} {2}\d\.\d MB {2}anna$/);
  expect(bob).toMatch(/ bob$/);
  await new ModelStore(join(state, 'models', 'red'), 2 ** 30).choose(hashOf(bob));
  expect((await carried())[1]).toMatch(/ bob {2}\(drives\)$/);

  expect(await model('delete', '')).toMatchObject({ code: 1, err: expect.stringMatching(/not-found: 2 models/) });
  expect(await model('delete', 'f'.repeat(64))).toMatchObject({ code: 1, err: expect.stringMatching(/0 models/) });
  expect(await model('delete', hashOf(anna).slice(0, 12))).toMatchObject({ code: 0, err: '' });
  expect(await carried()).toEqual([expect.stringMatching(/ bob {2}\(drives\)$/)]);
}, 60_000);

it('what cannot be imported is said with a code, and changes nothing', async () => {
  const empty = join(folder, 'empty');
  mkdirSync(empty);
  const large = join(folder, 'large.tar.gz');
  writeFileSync(large, Buffer.alloc(2 ** 21));
  const before = await carried();
  expect(await model('import', empty)).toMatchObject({ code: 1, err: expect.stringMatching(/^not-found: .*empty/) });
  expect(await model('import', join(folder, 'nowhere.tar.gz'))).toMatchObject({
    code: 1,
    err: expect.stringMatching(/^not-found: There is no model archive/),
  });
  writeFileSync(config, 'car: red\nprofile: simulated\nmodels: { quota: 1 }\n');
  expect(await model('import', large)).toMatchObject({ code: 1, err: expect.stringMatching(/^models-full: .*1 MB/) });
  writeFileSync(config, `car: red\nprofile: simulated\nmodels: { folder: ${large}/models }\n`);
  expect(await model('list')).toMatchObject({ code: 1, err: expect.stringMatching(/^output-failed: /) });
  writeFileSync(config, 'car: red\nprofile: simulated\n');
  expect(await carried()).toEqual(before);
}, 60_000);
