import { randomUUID } from 'node:crypto';
import { PitwallError } from '@pitwall/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { hour, OnlineWorld } from '../../../testing/online-world.js';
import { allMigrations } from '../../compose/migrations.js';
import { Leaderboards } from '../../leaderboard/index.js';
import { openStore } from '../../store/index.js';

let world: OnlineWorld;
beforeEach(async () => {
  world = await OnlineWorld.open(':memory:');
});
afterEach(async () => await world.close());

const code = ({ body }: { body: { error?: { code: string } } }) => body.error?.code;

it('makes a race once, with a board of its own, and says what is wrong with one that cannot be', async () => {
  const body = { race: 'cup', commandId: randomUUID(), setup: world.setup() };
  const made = await world.ask('POST', '/races', { as: 'olga', body });
  expect(made).toMatchObject({ status: 201, body: { race: 'cup', phase: 'open', you: 'organizer', version: 1 } });
  expect((await world.ask('POST', '/races', { as: 'olga', body })).body).toEqual(made.body);
  expect(code(await world.ask('POST', '/races', { as: 'olga', body: { ...body, commandId: randomUUID() } }))).toBe(
    'race-exists',
  );
  expect((await world.ask('GET', '/leaderboards/cup')).body).toMatchObject({
    name: 'Secret cup',
    writers: ['pitwall'],
    track: { id: 'oval', direction: 'counter-clockwise' },
  });
  for (const [over, wrong] of [
    [{ track: { id: 'nowhere', version: 1 } }, 'race-refused'],
    [{ track: { id: 'oval', version: 9 } }, 'race-refused'],
    [{ opensAt: 0, closesAt: 1 }, 'race-refused'],
    [{ opensAt: 5, closesAt: 4 }, 'message-invalid'],
    [{ timeZone: 'Middle/Earth' }, 'message-invalid'],
  ] as const) {
    const setup = world.setup(over as never);
    expect(code(await world.ask('POST', '/races', { as: 'olga', body: { commandId: randomUUID(), setup } }))).toBe(
      wrong,
    );
  }
  // Racers make races by invitation.
  expect(code(await world.ask('POST', '/races', { as: 'anna', body }))).toBe('race-refused');
});

it('freezes rules, track and seed when it opens, and lets only its organizer change the rest', async () => {
  const { race, version, setup } = await world.race({ opensAt: (world.now + 1000) as never });
  const put = async (as: string, seen: number, over: object) =>
    await world.ask('PUT', `/online/${race}`, { as, body: { seen, setup: { ...setup, ...over } } });
  const rules = { ...setup.rules, laps: 2, qualifying: 2 };
  expect((await put('olga', version, { rules })).body).toMatchObject({ version: 2, setup: { rules: { laps: 2 } } });
  expect((await world.ask('GET', `/leaderboards/${race}`)).body.qualifying).toBe(2);
  expect(code(await put('olga', version, {}))).toBe('race-conflict');
  expect(code(await put('otto', 2, {}))).toBe('access-denied');
  expect(code(await put('olga', 2, { rules, access: 'invited' }))).toBe('race-refused');
  world.now += 1000;
  expect((await put('olga', 2, { rules, name: 'Cup', description: 'Words may change.' })).status).toBe(200);
  for (const over of [{ rules: setup.rules }, { rules, seed: 4 }, { rules, track: { id: 'harbour', version: 1 } }])
    expect(code(await put('olga', 3, over)), JSON.stringify(over)).toBe('race-refused');
  expect((await put('olga', 3, { rules, closesAt: setup.closesAt + 1 })).status).toBe(200);
  const log = await world.ask('GET', `/online/${race}/log`, { as: 'olga' });
  expect(log.body.records.map((one: { event: { type: string } }) => one.event.type)).toEqual([
    'created',
    'changed',
    'changed',
    'changed',
  ]);
});

it('takes nothing before the opening or after the close, to the millisecond of its own clock', async () => {
  const closesAt = world.now + hour;
  const { race } = await world.race({ opensAt: (world.now + 1000) as never });
  expect(await world.enter(race, 'anna')).toBe(200);
  expect(code((await world.submit(race, 'anna')) as never)).toBe('race-closed');
  world.now += 999;
  expect(code((await world.submit(race, 'anna')) as never)).toBe('race-closed');
  world.now += 1;
  expect((await world.submit(race, 'anna')).status).toBe(201);
  world.now = closesAt - 1;
  expect((await world.submit(race, 'anna')).status).toBe(201);
  world.now = closesAt;
  expect(code((await world.submit(race, 'anna')) as never)).toBe('race-closed');
  expect(await world.enter(race, 'ben')).toBe(409);
  expect((await world.ask('GET', `/online/${race}/submissions`, { as: 'anna' })).body.submissions).toHaveLength(2);
});

it('takes nothing whose upload ends after the close, however early it began', async () => {
  const { race, setup } = await world.race();
  await world.enter(race, 'anna');
  const viewer = { who: { name: 'anna', role: 'racer' } };
  async function* late() {
    yield Buffer.from('arch');
    world.now = setup.closesAt;
    yield Buffer.from('ive');
  }
  await expect(world.submissions.submit(race, { archive: late(), name: 'late' }, viewer)).rejects.toMatchObject({
    code: 'race-closed',
  });
  const left = world.store.as<{ submission_blob_parts: object }>().selectFrom('submission_blob_parts').selectAll();
  expect(await left.execute()).toEqual([]);
  expect((await world.visible.show(race, viewer)).phase).toBe('closed');
});

it('looks at a model before it is queued, and keeps nothing of one that it refuses', async () => {
  const { race } = await world.race({ quota: { submissions: 1 } });
  await world.enter(race, 'anna');
  const seen: string[] = [];
  world.look = async (model) => {
    for await (const chunk of model) seen.push(Buffer.from(chunk).toString());
    throw new PitwallError('graph-invalid', 'The network gives two readings.');
  };
  const refused = await world.submit(race, 'anna', 'odd model');
  expect([refused.status, code(refused as never), seen]).toEqual([409, 'graph-invalid', ['odd model']]);
  const left = world.store.as<{ submission_blob_parts: object }>().selectFrom('submission_blob_parts').selectAll();
  expect(await left.execute()).toEqual([]);
  world.look = async () => undefined;
  // What was refused counts for nothing.
  expect((await world.submit(race, 'anna')).status).toBe(201);
});

it('closes now, for everyone, by its organizer alone', async () => {
  const { race } = await world.race();
  await world.enter(race, 'anna');
  expect(code(await world.ask('POST', `/online/${race}/close`, { as: 'otto' }))).toBe('access-denied');
  expect((await world.ask('POST', `/online/${race}/close`, { as: 'olga' })).body).toMatchObject({ phase: 'closed' });
  expect(code((await world.submit(race, 'anna')) as never)).toBe('race-closed');
});

it('counts a quota: what was cancelled while it waited is given back', async () => {
  const { race } = await world.race({ quota: { submissions: 2 } });
  await world.enter(race, 'anna');
  const first = await world.submit(race, 'anna');
  expect((await world.submit(race, 'anna')).body.status).toEqual({ state: 'queued', place: 2 });
  expect(code((await world.submit(race, 'anna')) as never)).toBe('quota-reached');
  const cancel = `/online/${race}/submissions/${first.body.submission}/cancel`;
  expect(code(await world.ask('POST', cancel, { as: 'ben' }))).toBe('not-found');
  expect((await world.ask('POST', cancel, { as: 'anna' })).body.status).toEqual({ state: 'cancelled' });
  expect(code(await world.ask('POST', cancel, { as: 'anna' }))).toBe('race-refused');
  expect((await world.submit(race, 'anna')).status).toBe(201);
  expect((await world.ask('GET', `/online/${race}`, { as: 'anna' })).body.submissionsLeft).toBe(0);
});

it('lets nobody past the quota who asks many times at once', async () => {
  const { race } = await world.race({ quota: { submissions: 3 } });
  await world.enter(race, 'anna');
  const all = await Promise.all(Array.from({ length: 10 }, (_, index) => world.submit(race, 'anna', `model ${index}`)));
  expect(all.filter(({ status }) => status === 201)).toHaveLength(3);
});

it('keeps a link good until it is reset, and keeps those in who entered by it', async () => {
  const { race } = await world.race({ access: 'invited' });
  const old = await world.key(race);
  expect(await world.enter(race, 'anna')).toBe(404);
  expect((await world.ask('POST', '/invitations', { body: { key: old } })).body).toMatchObject({ race, you: 'guest' });
  // Forwarded: whoever has it may use it.
  expect(await world.enter(race, 'anna', old)).toBe(200);
  expect(await world.enter(race, 'anna', old)).toBe(200);
  const reset = await world.ask('POST', `/online/${race}/invitation/reset`, { as: 'olga' });
  expect(reset.body).toMatchObject({ resets: 1, link: `/invitation#${reset.body.key}` });
  expect(reset.body.key).not.toBe(old);
  expect((await world.ask('POST', '/invitations', { body: { key: old } })).status).toBe(404);
  expect(await world.enter(race, 'ben', old)).toBe(404);
  expect((await world.ask('GET', `/online/${race}`, { as: 'anna' })).body.you).toBe('entered');
  expect((await world.submit(race, 'anna')).status).toBe(201);
  expect(await world.enter(race, 'ben', reset.body.key)).toBe(200);
  // Dead when the race closes; those who are in see how it ended.
  world.now += hour;
  expect((await world.ask('POST', '/invitations', { body: { key: reset.body.key } })).status).toBe(404);
  expect(await world.enter(race, 'carl', reset.body.key)).toBe(404);
  expect((await world.ask('GET', `/online/${race}`, { as: 'anna' })).status).toBe(200);
});

it('shows a removed racer the race no more, with whatever link, and takes the results off', async () => {
  const { race } = await world.race({ access: 'invited' });
  const key = await world.key(race);
  await world.enter(race, 'anna', key);
  const waiting = (await world.submit(race, 'anna')).body.submission;
  const remove = `/online/${race}/entries/anna/remove`;
  expect((await world.ask('POST', remove, { as: 'olga', body: { reason: 'not one of us' } })).status).toBe(204);
  expect((await world.ask('GET', `/online/${race}`, { as: 'anna' })).status).toBe(404);
  expect((await world.ask('GET', `/online/${race}`, { as: 'anna', invitation: key })).status).toBe(404);
  expect(await world.enter(race, 'anna', key)).toBe(404);
  expect((await world.ask('GET', `/online/${race}/submissions/${waiting}`, { as: 'olga' })).body.status).toEqual({
    state: 'cancelled',
  });
});

it('takes a removed racer’s results off every board that has them, and keeps what they were', async () => {
  const { race } = await world.race();
  const elsewhere = new Leaderboards(await openStore(':memory:', allMigrations));
  const hall = await world.leaderboards.boards.get(race);
  await elsewhere.boards.create(hall);
  for (const racer of ['anna', 'ben', 'carl']) await world.enter(race, racer);
  const submit = async (racer: string) => (await world.submit(race, racer)).body.submission;
  const [forwarded, other] = [await submit('anna'), await submit('ben')];
  await world.evaluate(8_000_000);
  await world.evaluate(9_000_000);
  await world.register();
  await world.deliver('local', world.leaderboards);
  await world.deliver('elsewhere', elsewhere);
  // Of her other models one is in the outbox only, one is evaluated only, one is under way, one waits.
  const onItsWay = await submit('anna');
  await world.evaluate(7_000_000);
  await world.register();
  const late = [await submit('anna'), await submit('anna'), await submit('anna')];
  await world.evaluate(6_000_000);
  const underWay = await world.queue.take('worker');
  const remove = { as: 'olga', body: { reason: 'two racers in one' } };
  expect((await world.ask('POST', `/online/${race}/entries/anna/remove`, remove)).status).toBe(204);
  await world.queue.finish(underWay as never, { evaluation: '{}', score: 1, bestLap: 1, reason: null, files: [] });
  await world.register();
  await world.deliver('local', world.leaderboards);
  await world.deliver('elsewhere', elsewhere);

  for (const there of [world.leaderboards, elsewhere]) {
    const { virtual, unranked } = await there.standings(race, { limit: 10 });
    expect(virtual).toMatchObject([{ rank: 1, racer: 'ben', resultId: other }]);
    expect(unranked).toEqual([]);
    for (const [id, time] of [
      [forwarded, 8_000_000],
      [onItsWay, 7_000_000],
    ] as const) {
      const { current, history } = await there.result(race, id);
      expect(current).toMatchObject({ state: 'withdrawn', result: { revision: 2, withdrawn: true } });
      expect(history).toMatchObject([{ result: { revision: 1, withdrawn: false, laps: [{ time }] } }]);
    }
    for (const id of late) await expect(there.result(race, id)).rejects.toMatchObject({ code: 'not-found' });
  }
  const statuses = (await world.ask('GET', `/online/${race}/submissions`, { as: 'olga' })).body.submissions
    .filter(({ racer }: { racer: string }) => racer === 'anna')
    .map(({ status }: { status: { state: string } }) => status.state);
  expect(statuses).toEqual(['cancelled', 'cancelled', 'withdrawn', 'withdrawn', 'withdrawn']);
  expect(await world.enter(race, 'anna')).toBe(409);
});

it('is gone for everyone when it is deleted, with all that was sent to it', async () => {
  const { race } = await world.race();
  await world.enter(race, 'anna');
  await world.submit(race, 'anna');
  expect((await world.ask('DELETE', `/online/${race}`, { as: 'olga' })).status).toBe(204);
  for (const as of ['olga', 'anna', undefined])
    for (const path of [`/online/${race}`, `/leaderboards/${race}`, `/leaderboards/${race}/standings`])
      expect((await world.ask('GET', path, { as })).status, path).toBe(404);
  expect((await world.ask('GET', '/races')).body.online).toEqual([]);
  expect(await world.queue.take('worker')).toBeUndefined();
});

it('shows everybody a race as it is now: made, entered, closed, deleted', async () => {
  const listed = async () =>
    (await world.ask('GET', '/races')).body.online.map(
      (one: { race: string; phase: string; entries: number }) => `${one.race} ${one.phase} ${one.entries}`,
    );
  expect(await listed()).toEqual([]);
  const { race } = await world.race();
  expect(await listed()).toEqual([`${race} open 0`]);
  await world.enter(race, 'anna');
  expect(await listed()).toEqual([`${race} open 1`]);
  await world.ask('POST', `/online/${race}/close`, { as: 'olga' });
  expect(await listed()).toEqual([`${race} closed 1`]);
  await world.race({ access: 'invited' });
  expect(await listed()).toEqual([`${race} closed 1`]);
  expect((await world.ask('DELETE', `/online/${race}`, { as: 'olga' })).status).toBe(204);
  expect(await listed()).toEqual([]);
});
