import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { onlineRaceMigrations } from '@pitwall/controller/online-races';
import { openStore, type Store } from '@pitwall/controller/store';
import { EvaluationQueue, type SubmissionTables, submissionMigrations } from '@pitwall/controller/submissions';
import type { Sha256 } from '@pitwall/protocol';
import type { Kysely } from 'kysely';
import { v7 as uuidv7 } from 'uuid';
import { agentCommand } from '../drive/agent.js';
import { archivePath, Circuit, trainingArchive } from '../online/circuit.js';
import { startPostgres } from '../postgres/cluster.js';
import { quantile, type Report } from './report.js';

const exec = promisify(execFile);

/** Four checkpoints × three laps. */
const rules = { name: 'Three laps', laps: 3 };

/** Online races: from the upload to the rank, what a second worker is worth, and the queue with ten thousand in it. */
export async function run(report: Report): Promise<void> {
  await upload(report);
  await throughput(report);
  await queue(report);
}

async function upload(report: Report): Promise<void> {
  const circuit = await Circuit.open(['anna'], { evaluation: { workers: 1 } });
  try {
    const race = await circuit.race({ rules }, ['anna']);
    const begun = performance.now();
    await circuit.submit(race, 'anna', trainingArchive);
    const [submission] = await circuit.finished(race, 200_000);
    const value = (performance.now() - begun) / 1000;
    const ok = value <= 2.5 && submission?.status.state === 'ranked';
    report({
      figure: 'upload to ranked, 4 checkpoints × 3 laps, both processors idle',
      value,
      unit: 's',
      bar: '≤ 2.5',
      ok,
    });
  } finally {
    await circuit.close();
  }
}

/** The same submissions with one worker and with two, in one run. */
async function throughput(report: Report): Promise<void> {
  const racers = ['anna', 'ben', 'carl', 'dora'];
  const took: number[] = [];
  for (const workers of [1, 2]) {
    const circuit = await Circuit.open(racers, { evaluation: { workers: 0 } });
    try {
      const race = await circuit.race({ rules }, racers);
      for (let worker = 0; worker < workers; worker += 1) await circuit.evaluator();
      const begun = performance.now();
      await Promise.all(racers.map((racer) => circuit.submit(race, racer, trainingArchive)));
      // Looking takes processor time of the workers.
      await circuit.finished(race, 200_000, 500);
      took.push((performance.now() - begun) / 1000);
    } finally {
      await circuit.close();
    }
  }
  const [one = 0, two = 1] = took.map((seconds) => (60 * racers.length) / seconds);
  const ratio = two / one;
  const ceiling = await worthOfTwo();
  report({
    figure: 'bare evaluations a minute, two processes at a time: what this machine’s processors are worth',
    value: ceiling.two,
    unit: '1/min',
    bar: 'none',
    ok: true,
    baseline: ceiling.one,
    ratio: ceiling.two / ceiling.one,
  });
  report({
    figure: 'submissions a minute with two workers',
    value: two,
    unit: '1/min',
    bar: '≥ 1.7 × one worker',
    ok: ratio >= 1.7,
    baseline: one,
    ratio,
  });
}

/** The same evaluations with no queue around them: one after the other, and two at a time. */
async function worthOfTwo(): Promise<{ readonly one: number; readonly two: number }> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bare-'));
  const evaluate = (name: string) =>
    exec(process.execPath, [
      ...[agentCommand, 'evaluate', archivePath, '--track', 'oval', '--laps', '3', '--trials', '1', '--json'],
      ...['--checkpoint', 'all', '--workers', '1', '--out', join(folder, name)],
    ]);
  const perMinute = async (lanes: number) => {
    const begun = performance.now();
    const lane = async (number: number) => {
      for (let count = 0; count < 4 / lanes; count += 1) await evaluate(`${lanes}-${number}-${count}`);
    };
    await Promise.all(Array.from({ length: lanes }, (_, number) => lane(number)));
    return (4 * 60_000) / (performance.now() - begun);
  };
  try {
    return { one: await perMinute(1), two: await perMinute(2) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

const racersQueued = 1000;
const perRacer = 10;

async function queue(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-queue-'));
  const cluster = await startPostgres({ durable: true });
  try {
    await queueOn('SQLite', join(folder, 'queue.db'), report);
    if (cluster !== undefined) await queueOn('PostgreSQL', cluster.url, report);
  } finally {
    await cluster?.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function queueOn(engine: string, database: string, report: Report): Promise<void> {
  const store = await openStore(database, [onlineRaceMigrations, submissionMigrations]);
  try {
    const queued = new EvaluationQueue(store, { leaseMs: 600_000, attempts: 3 });
    await fill(store, queued);
    const times: number[] = [];
    const taken = new Map<string, number>();
    let thirds = 0;
    let unfair = 0;
    for (;;) {
      const begun = performance.now();
      const job = await queued.take('worker');
      if (job === undefined) break;
      times.push(performance.now() - begun);
      const nth = (taken.get(job.racer) ?? 0) + 1;
      taken.set(job.racer, nth);
      if (nth === 3) thirds += 1;
      if (nth === 1 && thirds > 0) unfair += 1;
      await queued.finish(job, { evaluation: '{}', score: null, bestLap: null, reason: '', files: [] });
    }
    const value = quantile(times, 0.99);
    const complete = times.length === racersQueued * perRacer;
    report({
      figure: `taking the next of ${racersQueued * perRacer} queued submissions, p99, ${engine}`,
      value,
      unit: 'ms',
      bar: '≤ 10',
      ok: value <= 10 && complete,
    });
    report({
      figure: `racers whose first was finished after somebody’s third, ${engine}`,
      value: unfair,
      unit: 'racers',
      bar: '0',
      ok: unfair === 0 && complete,
    });
  } finally {
    await store.close();
  }
}

/** Each racer's come all at once: whoever was early has everything in the queue before the last begins. */
async function fill(store: Store, queued: EvaluationQueue): Promise<void> {
  await store
    .as<SubmissionTables>()
    .transaction()
    .execute(async (db) => {
      for (let racer = 0; racer < racersQueued; racer += 1)
        for (let count = 0; count < perRacer; count += 1)
          await db
            .insertInto('submissions')
            .values({
              id: uuidv7(),
              race: 'race',
              racer: `racer-${racer}`,
              model_hash: 'a'.repeat(64) as Sha256,
              model_name: 'model',
              bytes: 1,
              submitted_at: Date.now(),
              job: '{}',
              state: 'queued',
              turn: await queued.turnFor(db as unknown as Kysely<never>, `racer-${racer}`),
            })
            .execute();
    });
}
