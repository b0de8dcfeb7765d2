import { spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { EvaluationReport, Submission } from '@pitwall/protocol/api';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { startPostgres } from '../postgres/cluster.js';
import { archiveOf } from './archives.js';
import { Circuit, carArchive, trainingArchive } from './circuit.js';
import { killEvaluators } from './kills.js';

const rules = { name: 'One lap', laps: 1, resets: { perLap: 1, where: 'in-place' as const } };
let straight: Uint8Array;
beforeAll(async () => {
  straight = await archiveOf([{ steeringDeg: 0, speedMps: 1 }]);
});

it('ends each submission once when workers are killed in mid-job', async () => {
  const { kills, submissions, results } = await killEvaluators(3, 1, carArchive);
  expect(kills).toBe(3);
  for (const { status } of submissions) expect(['ranked', 'failed']).toContain(status.state);
  expect(new Set(results).size).toBe(results.length);
});

// Each submission starts a process that looks at it, at the door.
it('ends each submission in a result or a clear failure: no memory, no room, hostile archives', {
  timeout: 300_000,
}, async () => {
  const circuit = await Circuit.open(['anna'], { evaluation: { workers: 0, lease: 5 } });
  try {
    const race = await circuit.race({ rules }, ['anna']);
    const only = async (env: Readonly<Record<string, string>>, prefix: readonly string[] = []): Promise<Submission> => {
      const { submission } = await circuit.submit(race, 'anna', straight);
      const worker = await circuit.evaluator(env, prefix);
      const one = (await circuit.finished(race)).find((known) => known.submission === submission);
      await circuit.kill(worker);
      return one as Submission;
    };
    expect((await only({ PITWALL_EVALUATION_MEMORY: '64' })).status).toMatchObject({
      state: 'failed',
      code: 'evaluation-crashed',
      reason: expect.stringMatching(/too much memory.*tried 3 times/),
    });
    const full = join(circuit.folder, 'full');
    mkdirSync(full);
    const small = (size: string) => [
      'unshare',
      '-rm',
      'sh',
      '-c',
      `mount -t tmpfs -o size=${size} none ${full} && exec "$@"`,
      'sh',
    ];
    if (spawnSync('unshare', ['-rm', 'mount', '-t', 'tmpfs', 'none', full]).status !== 0) {
      if (process.env.CI === 'true') throw new Error('no mount namespaces here');
      console.log('No mount namespaces here: the test with a full disk is left out.');
    } else {
      expect((await only({ PITWALL_EVALUATION_SCRATCH: full }, small('8k'))).status).toMatchObject({
        state: 'failed',
        code: 'evaluation-crashed',
        reason: expect.stringMatching(/ENOSPC|no room/),
      });
    }
    const hostile = [
      Buffer.from('no archive at all'),
      gzipSync(Buffer.alloc(64 * 2 ** 20)),
      gzipSync(Buffer.from('x'.repeat(4096))),
      trainingArchive.subarray(0, 100_000),
    ];
    // At the door: the racer hears of it there and then.
    for (const archive of hostile)
      await expect(circuit.submit(race, 'anna', archive)).rejects.toThrow(/"code":"archive-(invalid|too-large)"/);
    await circuit.submit(race, 'anna', straight);
    await circuit.evaluator();
    expect((await circuit.finished(race)).at(-1)?.status.state).toBe('not-qualified');
  } finally {
    await circuit.close();
  }
});

const cluster = await startPostgres({ durable: false });
afterAll(async () => await cluster?.stop());
if (cluster === undefined) {
  if (process.env.CI === 'true') throw new Error('PostgreSQL is not installed: apt-get install postgresql');
  console.log('PostgreSQL is not installed: evaluations are compared on SQLite only.');
}

it('gives the same result whichever worker ran it, on whichever database', async () => {
  const found: EvaluationReport[] = [];
  for (const database of [undefined, cluster?.url]) {
    if (database === undefined && found.length > 0) continue;
    const circuit = await Circuit.open(['anna', 'ben'], {
      ...(database === undefined ? {} : { database }),
      evaluation: { workers: 0 },
    });
    try {
      const race = await circuit.race({ rules: { name: 'One lap', laps: 1 }, seed: 11 }, ['anna', 'ben']);
      await Promise.all([circuit.evaluator(), circuit.evaluator()]);
      for (const racer of ['anna', 'ben']) await circuit.submit(race, racer, carArchive);
      for (const { submission } of await circuit.finished(race))
        found.push(
          await circuit.call<EvaluationReport>('olga', 'GET', `/online/${race}/submissions/${submission}/evaluation`),
        );
    } finally {
      await circuit.close();
    }
  }
  const [first, ...others] = found.map(({ submission: _, files, ...report }) => ({
    ...report,
    files: files.map(({ kind, checkpoint, hash }) => ({ kind, checkpoint, hash })),
  }));
  expect(found.length).toBe(cluster === undefined ? 2 : 4);
  expect(first?.files).toHaveLength(4);
  for (const other of others) expect(other).toEqual(first);
});
