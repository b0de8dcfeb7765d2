import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import type { Sha256 } from '@pitwall/protocol';
import { FileBlobStore } from '@pitwall/runtime';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allMigrations } from '../compose/migrations.js';
import { openStore, type Store } from '../store/index.js';
import { ModelCheck } from './check.js';
import { Models } from './models.js';

const agent = fileURLToPath(new URL('../../../agent/bin/pitwall-agent.js', import.meta.url));
const sample = readFileSync(fileURLToPath(new URL('../../../agent/models/sample.tar.gz', import.meta.url)));
const folder = mkdtempSync(join(tmpdir(), 'pitwall-check-test-'));
const scratch = join(folder, 'scratch');
const said: string[] = [];
const checkBy = (command: readonly string[]) =>
  new ModelCheck({ agent: command, confinement: () => ({ prefix: [] }), scratch, log: (line) => said.push(line) });
const stream = (bytes: Uint8Array) => Readable.from([Buffer.from(bytes)]);
/** The sample, as a door gives it to be looked at. */
const asked = ['a'.repeat(64) as Sha256, async () => stream(sample)] as const;

let store: Store;
beforeAll(async () => {
  store = await openStore(join(folder, 'store.sqlite'), allMigrations);
});
afterAll(async () => {
  await store.close();
  rmSync(folder, { recursive: true, force: true });
});

describe('at the door of the garage', () => {
  it('a model is looked at as a car does, and what is wrong is said in the same words', {
    timeout: 120_000,
  }, async () => {
    const blobs = join(folder, 'blobs');
    const models = new Models(store, new FileBlobStore(blobs), checkBy([process.execPath, agent]));
    await models.start();
    const page = Buffer.from('<!doctype html><html><body>Sign in</body></html>'.padEnd(600));
    await expect(models.keep('page', stream(page), 'crew')).rejects.toMatchObject({
      code: 'archive-invalid',
      message: expect.stringMatching(
        /^The file is a web page, perhaps one to sign in at, no model\. Download it again/,
      ),
    });
    await expect(models.keep('twice', stream(gzipSync(sample)), 'crew')).rejects.toMatchObject({
      message: expect.stringMatching(/packed with gzip twice/),
    });
    // Nothing of what was refused is left, here or where it was looked at.
    expect([readdirSync(blobs), readdirSync(scratch), await models.list()]).toEqual([[], [], []]);
    expect(await models.keep('sample', stream(sample), 'crew')).toMatchObject({ name: 'sample', bytes: sample.length });
    expect(said).toEqual([]);
  });

  it('one that was taken is not looked at again', async () => {
    const looked = () => Promise.reject(new Error('looked'));
    const nobody = { check: looked, describe: looked };
    const models = new Models(store, new FileBlobStore(join(folder, 'blobs')), nobody);
    expect(await models.keep('again', stream(sample), 'crew')).toMatchObject({ name: 'again' });
  });

  it.each([
    ['is not there', [join(folder, 'no-agent')], /could not be checked here \(spawn .*ENOENT/],
    ['dies', [process.execPath, '-e', 'process.abort()'], /could not be checked here \(SIGABRT/],
    [
      'has a fault of its own',
      [process.execPath, '-e', 'console.error("internal-error: oh"); process.exit(1)'],
      /exit code 1/,
    ],
  ])('where the agent %s, nothing is refused, and the log says so', async (_, command, why) => {
    said.length = 0;
    await checkBy(command).check(...asked);
    expect(said).toEqual([expect.stringMatching(why)]);
  });

  it('says what the agent says, without where this machine keeps files', async () => {
    const script = join(folder, 'agent.mjs');
    writeFileSync(script, 'console.error("archive-invalid: " + process.argv[4] + " is odd."); process.exit(1);');
    await expect(checkBy([process.execPath, script]).check(...asked)).rejects.toMatchObject({
      code: 'archive-invalid',
      message: 'model is odd.',
    });
  });

  it('what was refused or taken is not looked at again, what could not be looked at is', async () => {
    const runs = join(folder, 'runs');
    const script = join(folder, 'counting.mjs');
    const looked = async (command: string, times: number) => {
      writeFileSync(runs, '');
      writeFileSync(
        script,
        `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(runs)}, 'x'); ${command}`,
      );
      const check = checkBy([process.execPath, script]);
      const answers = await Promise.allSettled([1, 2, 3].map(() => check.check(...asked)));
      expect(
        await check.check(...asked).then(
          () => 'fulfilled',
          () => 'rejected',
        ),
      ).toBe(answers[0]?.status);
      expect(readFileSync(runs, 'utf8')).toHaveLength(times);
    };
    await looked('', 1);
    await looked('console.error("archive-invalid: It is odd."); process.exit(1);', 1);
    await looked('process.exit(9);', 2);
  });

  it('that closes takes nothing any more, and leaves nobody waiting', async () => {
    const check = checkBy([process.execPath, '-e', 'setInterval(() => undefined, 1000)']);
    const looking = check.check(...asked);
    const refused = { code: 'request-refused', message: expect.stringMatching(/controller stops/) };
    const ended = expect(looking).rejects.toMatchObject(refused);
    await check.stop();
    await ended;
    await expect(check.check(...asked)).rejects.toMatchObject(refused);
    await check.stop();
    expect(readdirSync(scratch)).toEqual([]);
  });
});
