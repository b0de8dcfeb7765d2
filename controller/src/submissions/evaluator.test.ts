import { createServer } from 'node:net';
import type { Sha256 } from '@pitwall/protocol';
import { sql } from 'kysely';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { OnlineWorld } from '../../testing/online-world.js';
import { standInAgent } from '../../testing/stand-in-agent.js';
import { readStoredFile } from './evaluation-files.js';
import { confine, EvaluationQueue, Evaluator, type Limits, type Taken } from './index.js';

const agent = standInAgent();
const limits: Limits = { timeMs: 120_000, memory: 400 * 2 ** 20, file: 2_000_000 };
const confinement = confine(limits);

let world: OnlineWorld;
let race: string;
const evaluators: Evaluator[] = [];

function evaluator(over: Partial<Limits> = {}, queue = world.queue): Evaluator {
  const mine = { ...limits, ...over };
  const made = new Evaluator({
    agent,
    limits: mine,
    confinement: () => confinement,
    queue,
    blobs: world.blobs,
    tracks: world.tracks,
    lookEveryMs: 20,
    log: () => undefined,
  });
  evaluators.push(made);
  made.start();
  return made;
}

const statuses = async () =>
  (await world.ask('GET', `/online/${race}/submissions`, { as: 'olga' })).body.submissions
    .map(({ status }: { status: { state: string } }) => status)
    .reverse();
/** Once each is at its end. */
async function ended() {
  await expect
    .poll(async () => (await statuses()).filter(({ state }: { state: string }) => /queued|evaluating/.test(state)))
    .toEqual([]);
  return await statuses();
}

const finished = { evaluation: '{}', score: 9_000_000, bestLap: 9_000_000, reason: null, files: [] };

async function open(database: string): Promise<void> {
  world = await OnlineWorld.open(database);
  ({ race } = await world.race({ rules: { name: 'Rules', laps: 1 } }));
  for (const racer of ['anna', 'ben', 'carl']) await world.enter(race, racer);
}
afterEach(async () => {
  await Promise.all(evaluators.splice(0).map((one) => one.stop()));
  await world.close();
});

describe.each(engines)('on %s', (engine) => {
  beforeEach(async () => await open(await freshDatabase(engine)));

  it('evaluates on an uploaded track, in the version that the race is on', async () => {
    const { outline } = await world.tracks.outline('harbour');
    const rows = (scale: number) =>
      outline.centre.map((point, i) =>
        [point, outline.inner[i], outline.outer[i]].flatMap((one) => (one ?? []).map((value) => value * scale)),
      );
    for (const scale of [1, 1.1])
      await world.tracks.upload(Buffer.from(JSON.stringify(rows(scale))), { file: 'Hall 3.npy' } as never, 'olga');
    const hall = await world.race({ track: { id: 'hall-3' as never, version: 1 }, rules: { name: 'Rules', laps: 1 } });
    ({ race } = hall);
    await world.enter(race, 'anna');
    await world.submit(race, 'anna', 'fast');
    evaluator();
    expect(await ended()).toEqual([{ state: 'ranking' }]);
    const { evaluation } = await world.store
      .as<{ submissions: { race: string; evaluation: string } }>()
      .selectFrom('submissions')
      .select('evaluation')
      .where('race', '=', race)
      .executeTakeFirstOrThrow();
    expect(JSON.parse(evaluation)).toMatchObject({ track: { id: 'hall-3', version: 1 } });
  });

  it('ends every submission in one result or one clear failure, whatever the model does', async () => {
    for (const what of ['fast', 'nowhere', 'hostile', 'aborts', 'babbles', 'hoards', 'fills'])
      await world.submit(race, 'anna', what);
    evaluator();
    const [fast, nowhere, ...failed] = await ended();
    expect(fast).toEqual({ state: 'ranking' });
    expect(nowhere).toEqual({
      state: 'not-qualified',
      reason: 'Its best checkpoint, 1, finished no lap: it left the track 3 times, and came to 12% at best.',
    });
    expect(failed[0]).toEqual({
      state: 'failed',
      code: 'archive-invalid',
      reason: 'model.tar.gz leads out of its folder.',
    });
    for (const status of failed.slice(1)) {
      expect(status).toMatchObject({ state: 'failed', code: 'evaluation-crashed' });
      expect(status.reason).toMatch(/It was tried 3 times\.$/);
    }
    // What failed costs nothing of the quota.
    expect((await world.ask('GET', `/online/${race}`, { as: 'anna' })).body.submissionsLeft).toBe(48);
  });

  it('gives what a dead worker held to another, and takes nothing more from the dead one', async () => {
    await world.submit(race, 'anna', 'fast');
    const held = await world.queue.take('dead');
    expect((await statuses())[0]).toEqual({ state: 'evaluating', progress: null });
    await sql`update submissions set lease_until = 1`.execute(world.store.as());
    evaluator();
    expect(await ended()).toEqual([{ state: 'ranking' }]);
    expect(await world.queue.hold(held as never)).toBe(false);
    await expect(world.queue.fail(held as never, { code: 'evaluation-crashed', reason: 'late' })).rejects.toThrow();
  });

  it('cancels what was cancelled while it ran, however its worker ends', async () => {
    const { queue, store } = world;
    const failure = { code: 'evaluation-crashed', reason: 'No room.' } as const;
    const ends: ((taken: Taken) => Promise<unknown>)[] = [
      (taken) => queue.finish(taken, finished),
      (taken) => queue.fail(taken, failure),
      (taken) => queue.giveUp(taken, failure),
      (taken) => queue.putBack(taken),
      ({ id }) => sql`update submissions set lease_until = 1 where id = ${id}`.execute(store.as()),
    ];
    for (const end of ends) {
      const { body } = await world.submit(race, 'anna', 'fast');
      const taken = (await queue.take('worker')) as Taken;
      await world.ask('POST', `/online/${race}/submissions/${body.submission}/cancel`, { as: 'anna' });
      await end(taken);
      await queue.sweep();
      expect(await queue.take('another')).toBeUndefined();
      expect(await queue.hold(taken)).toBe(false);
    }
    expect(await statuses()).toEqual(ends.map(() => ({ state: 'cancelled' })));
    const { rows } = await sql`select distinct state, due, evaluation from submissions`.execute(store.as());
    expect(rows).toEqual([{ state: 'cancelled', due: 0, evaluation: null }]);
  });

  it('is fair: each racer’s first is taken before any racer’s third', async () => {
    for (const racer of ['anna', 'anna', 'anna', 'anna', 'ben', 'ben', 'ben', 'carl'])
      await world.submit(race, racer, 'fast');
    const order: string[] = [];
    for (let taken = await world.queue.take('w'); taken !== undefined; taken = await world.queue.take('w'))
      order.push(taken.racer);
    expect(order).toEqual(['anna', 'ben', 'carl', 'anna', 'ben', 'anna', 'ben', 'anna']);
  });

  it('gives each to one worker alone, however many ask at once', async () => {
    for (let count = 0; count < 12; count += 1) await world.submit(race, 'anna', `fast ${count}`);
    const taken = await Promise.all(Array.from({ length: 20 }, (_, worker) => world.queue.take(`w${worker}`)));
    const ids = taken.flatMap((one) => (one === undefined ? [] : [one.id]));
    expect(new Set(ids).size).toBe(ids.length);
    expect(ids.length).toBeGreaterThan(0);
  });
});

describe('one worker', () => {
  beforeEach(async () => await open(':memory:'));

  it('says how far it is, and stops when the submission is cancelled', async () => {
    const { body } = await world.submit(race, 'anna', 'waits');
    evaluator({}, new EvaluationQueue(world.store, { leaseMs: 300, attempts: 3 }));
    await expect
      .poll(statuses)
      .toEqual([{ state: 'evaluating', progress: { checkpoint: 1, checkpoints: 2, lap: 2, laps: 3 } }]);
    const cancel = () => world.ask('POST', `/online/${race}/submissions/${body.submission}/cancel`, { as: 'anna' });
    expect((await cancel()).body.status).toEqual({ state: 'cancelled' });
    expect((await cancel()).body.error.code).toBe('race-refused');
    // The one worker comes to the next only when the first, which never ends by itself, was stopped.
    await world.submit(race, 'anna', 'fast');
    await expect.poll(statuses).toEqual([{ state: 'cancelled' }, { state: 'ranking' }]);
    expect((await world.ask('GET', `/online/${race}`, { as: 'anna' })).body.submissionsLeft).toBe(48);
  });

  it('puts back what it is doing when it stops', async () => {
    await world.submit(race, 'anna', 'waits');
    const first = evaluator();
    await expect.poll(async () => (await statuses())[0].state).toBe('evaluating');
    await first.stop();
    expect(await statuses()).toEqual([{ state: 'queued', place: 1 }]);
  });

  it('ends what takes too long', async () => {
    await world.submit(race, 'anna', 'waits');
    evaluator({ timeMs: 300 });
    expect(await ended()).toMatchObject([{ state: 'failed', code: 'evaluation-limit' }]);
  });

  it('tries again what crashed once', async () => {
    await world.submit(race, 'anna', `once ${agent[1]}.tried`);
    evaluator();
    expect(await ended()).toEqual([{ state: 'ranking' }]);
  });

  it('gives a model no network, where the machine permits that, and none of its own secrets', async () => {
    let calls = 0;
    const server = createServer(() => {
      calls += 1;
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    try {
      const { port } = server.address() as { port: number };
      await world.submit(race, 'anna', `calls ${port}`);
      await world.submit(race, 'anna', 'looks');
      evaluator();
      expect(await ended()).toEqual([{ state: 'ranking' }, { state: 'ranking' }]);
    } finally {
      server.close();
    }
    const reports = await world.store
      .as<{ submission_files: { kind: string; hash: Sha256; submission: string } }>()
      .selectFrom('submission_files')
      .select('hash')
      .where('kind', '=', 'report')
      .orderBy('submission')
      .execute();
    const [called, looked] = await Promise.all(
      reports.map(async ({ hash }) => JSON.parse((await readStoredFile(world.blobs, hash)).toString())),
    );
    if (confinement.missing.includes('network'))
      console.log('no network namespaces here: a model can reach the network');
    else expect({ called, calls }).toEqual({ called: { reached: false }, calls: 0 });
    expect(looked.env).toEqual(['HOME', 'LANG', 'PATH', 'TMPDIR']);
  });
});
