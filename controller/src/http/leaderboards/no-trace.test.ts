import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import type { LiveMessage } from '@pitwall/protocol/api';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { OnlineWorld } from '../../../testing/online-world.js';
import { resultOf, virtual } from '../../../testing/results.js';
import { listen } from '../system/server.js';

/** A race that is there, and one that never was: to whoever has no link the two must be the same. */
let world: OnlineWorld;
let race: string;
let never: string;
let submission: string;
let deadKey: string;
let setAside: string;
let url: string;

/** One whose results wait for a person. */
const provisional = `p-${randomUUID()}`;
const strangers = [undefined, 'carl', 'otto', 'hall', 'ben'] as const;

beforeAll(async () => {
  world = await OnlineWorld.open(':memory:');
  ({ race } = await world.race({ access: 'invited' }));
  never = `invited-${randomUUID().replaceAll('-', '')}`;
  deadKey = await world.key(race);
  await world.enter(race, 'anna', deadKey);
  await world.enter(race, 'ben', deadKey);
  await world.person('racer', provisional);
  await world.enter(race, provisional, deadKey);
  submission = (await world.submit(race, 'anna')).body.submission;
  await world.submit(race, provisional);
  for (const time of [9_000_000, 9_500_000]) await world.evaluate(time);
  await world.register();
  setAside = (await world.outbox.list('waiting', 10))[0]?.id ?? '';
  await world.deliver('local', world.leaderboards);
  await sql`update forwarding_deliveries set state = 'aside'`.execute(world.store.as());
  world.troubles = [{ destination: 'local', leaderboard: race, failures: 3, notBefore: 0 }];
  await world.ask('POST', `/online/${race}/entries/ben/remove`, { as: 'olga', body: { reason: 'out' } });
  await world.ask('POST', `/online/${race}/invitation/reset`, { as: 'olga' });
  url = `http://127.0.0.1:${await listen(world.app, { host: '127.0.0.1', port: 0, nextFree: false })}`;
});
afterAll(async () => await world.close());

/** Valid bodies, so that a refusal is about the race and not about the body. */
const setup = () => ({ ...world.setup({ access: 'invited' }), name: 'Another' });
const result = () => resultOf('carl', 9_000, { provenance: virtual });
const bodies: Readonly<Record<string, (id: string) => unknown>> = {
  'POST /races': (id) => ({ race: id, commandId: randomUUID(), setup: { ...setup(), access: 'open' } }),
  'POST /races/{race}/commands': () => ({ commandId: randomUUID(), seen: 0, command: { type: 'open' } }),
  'PUT /online/{race}': () => ({ seen: 1, setup: setup() }),
  'POST /online/{race}/entries': () => ({ invitation: deadKey }),
  'POST /online/{race}/entries/{racer}/remove': () => ({ reason: 'out' }),
  'POST /online/{race}/submissions': () => ({ model: 'a'.repeat(64) }),
  'POST /invitations': () => ({ key: deadKey }),
  'POST /outbox': (id) => ({ leaderboard: id, result: result() }),
  'POST /leaderboards': (id) => ({ id, name: 'Board', ranking: { by: 'best-lap' } }),
  'PUT /leaderboards/{id}': () => ({ name: 'Board', ranking: { by: 'best-lap' } }),
  'POST /leaderboards/{id}/results': result,
  'POST /leaderboards/{id}/results/{result}/decision': () => ({ decision: 'reject', revision: 1 }),
  'POST /leaderboards/{id}/webhooks': () => ({ url: 'https://example.org/hook' }),
};

interface Route {
  readonly method: string;
  readonly path: string;
}

function routes(): Route[] {
  const { paths = {} } = world.app.swagger() as { paths?: Record<string, Record<string, unknown>> };
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods)
      .filter((method) => ['get', 'post', 'put', 'delete'].includes(method))
      .map((method) => ({ method: method.toUpperCase(), path: path.replace('/api/v1', '') })),
  );
}

const deliveries = async () =>
  (await world.outbox.list('aside', 10)).map(({ destination, leaderboard }) => ({ destination, leaderboard }));

/** The path with the race's id in it wherever it names a race or a board. */
const filled = (path: string, id: string): string =>
  path
    .replace('{race}', id)
    .replace('{id}', id)
    .replace(/\{(submission|result)\}/, submission)
    .replace('{racer}', 'anna')
    .replace('{kind}', 'replay')
    .replace('{format}', 'csv')
    .replace(/\{\w+\}/, '0196a000-0000-7000-8000-000000000000');

/** Live streams are looked at below; gates, cars and their models have no part in this world. */
const aside = /\/live$|^\/(gates|cars|models)|metrics/;

async function answers({ method, path }: Route, id: string, as: string | undefined) {
  const query = path.endsWith('/comparison') ? `?with=${submission}` : '';
  const body = bodies[`${method} ${path}`]?.(id);
  const { status, text } = await world.ask(method, filled(path, id) + query, {
    as,
    invitation: deadKey,
    ...(body === undefined ? {} : { body }),
  });
  return { status, text: text.replaceAll(id, 'ID') };
}

it('answers every route that names the race or its board as if it had never been', async () => {
  const naming = routes().filter(({ path }) => /\{(race|id)\}/.test(path) && !aside.test(path));
  expect(naming.length).toBeGreaterThan(35);
  for (const route of naming)
    for (const as of strangers)
      expect(await answers(route, race, as), `${route.method} ${route.path} as ${as}`).toEqual(
        await answers(route, never, as),
      );
});

it('refuses its id to new races and boards as any other of that kind', async () => {
  const before = await deliveries();
  for (const path of ['/races', '/leaderboards', '/outbox'])
    for (const as of strangers)
      expect(await answers({ method: 'POST', path }, race, as), `${path} as ${as}`).toEqual(
        await answers({ method: 'POST', path }, never, as),
      );
  const inPerson = (leaderboard: string) =>
    world.ask('POST', '/races', {
      as: 'otto',
      body: {
        race: 'friday',
        commandId: randomUUID(),
        setup: {
          name: 'Friday',
          track: { id: 'oval', version: 1 },
          gates: ['start'],
          leaderboard,
          rules: { name: 'R' },
        },
      },
    });
  const { status, text } = await inPerson(race);
  expect(status).toBe(400);
  expect(text).toBe((await inPerson(never)).text);
  expect(await deliveries()).toEqual(before);
});

it('is in no list, no search, no feed and no page', async () => {
  await world.leaderboards.seasons.put({
    id: 'quiet' as never,
    name: 'Secret cup',
    races: [{ leaderboard: race as never, column: 'virtual' }],
    points: [10],
    bestOf: null,
  });
  const lists = routes().filter(({ method, path }) => method === 'GET' && !path.includes('{') && !aside.test(path));
  expect(lists.length).toBeGreaterThan(5);
  for (const { path } of lists)
    for (const as of strangers) {
      const { text } = await world.ask('GET', path, { as, invitation: deadKey });
      expect(text, `${path} as ${as}`).not.toContain(race);
      expect(text, `${path} as ${as}`).not.toMatch(/Secret cup|anna|p-[0-9a-f]{8}-/);
    }
  const season = async (id: string) =>
    (await world.ask('GET', `/seasons/${id}/standings`, { as: 'otto' })).text.replaceAll(id, 'ID');
  expect(await season('quiet')).toBe(await season('never'));
  for (const state of ['waiting', 'sent', 'aside'])
    expect((await world.ask('GET', `/outbox?state=${state}`, { as: 'otto' })).body).toMatchObject({
      counts: [],
      deliveries: [],
    });
  const embedded = (id: string) => world.app.inject(`/embed/leaderboards/${id}`);
  expect((await embedded(race)).body.replaceAll(race, 'ID')).toBe((await embedded(never)).body.replaceAll(never, 'ID'));
});

it('goes to no leaderboard elsewhere', async () => {
  expect(new Set((await deliveries()).map(({ destination }) => destination))).toEqual(new Set(['local']));
});

it('is in no metrics, and in no gap of the outbox', async () => {
  for (const as of ['otto', 'olga']) {
    const headers = { authorization: `Bearer ${world.token(as)}` };
    const { body: text } = await world.app.inject({ url: '/metrics', headers });
    expect(text).toContain('pitwall_outbox_failures');
    expect(text).not.toMatch(/^pitwall_outbox_\w+\{/m);
  }
  expect((await world.ask('GET', '/racers/provisional', { as: 'olga' })).body.racers).toMatchObject([{ results: 1 }]);
  expect((await world.ask('GET', '/outbox', { as: 'olga' })).body.troubles).toHaveLength(1);
  expect((await world.ask('GET', '/outbox', { as: 'otto' })).body.troubles).toEqual([]);
  // What comes after it is on the first page all the same.
  const { delivery, retried } = await another();
  const page = (as: string) => world.ask('GET', '/outbox?state=aside&limit=1', { as });
  expect((await page('otto')).body.deliveries).toMatchObject([{ id: delivery, leaderboard: 'hall' }]);
  expect((await page('olga')).body.deliveries).toMatchObject([{ id: setAside, leaderboard: race }]);
  expect((await retried('otto', setAside)).text.replaceAll(setAside, 'ID')).toBe(
    (await retried('otto', submission)).text.replaceAll(submission, 'ID'),
  );
  expect(await deliveries()).toContainEqual({ destination: 'local', leaderboard: race });
  expect((await retried('otto', delivery)).status).toBe(204);
  expect((await retried('olga', setAside)).status).toBe(204);
  await sql`delete from forwarding_deliveries where leaderboard = 'hall'`.execute(world.store.as());
});

/** One for a board that everyone sees, set aside after the other. */
async function another() {
  const marshals = { leaderboard: 'hall', result: result() };
  expect((await world.ask('POST', '/outbox', { as: 'otto', body: marshals })).status).toBe(202);
  await sql`update forwarding_deliveries set state = 'aside' where leaderboard = 'hall'`.execute(world.store.as());
  const all = await world.outbox.list('aside', 10);
  return {
    delivery: all.find(({ leaderboard }) => leaderboard === 'hall')?.id ?? '',
    retried: (as: string, id: string) => world.ask('POST', `/outbox/${id}/retry`, { as }),
  };
}

it('says nothing on the WebSockets', async () => {
  for (const as of strangers) {
    const requests = (id: string) => [
      ...(as === undefined ? [] : [{ type: 'identify', token: world.token(as) }]),
      { type: 'follow', race: id, after: 0 },
      { type: 'follow-online', race: id },
      { type: 'follow-online', race: id, invitation: deadKey },
    ];
    const said = async (id: string) => (await hear('/live', requests(id), 3)).replaceAll(id, 'ID');
    expect(await said(race), `as ${as}`).toBe(await said(never));
  }
  const board = async (id: string) => (await hear(`/leaderboards/${id}/live`, [], 1)).replaceAll(id, 'ID');
  expect(await board(race)).toBe(await board(never));
  expect(await board(race)).toContain('There is no leaderboard ID');
});

it('shows itself to those who are in, there too', async () => {
  const heard = await hear(
    '/live',
    [
      { type: 'identify', token: world.token('anna') },
      { type: 'follow-online', race },
    ],
    2,
    'online',
  );
  expect(heard).toContain('Secret cup');
  expect(heard).toContain('"state":"ranked","rank":1');
  expect((await world.ask('GET', `/leaderboards/${race}/standings`, { as: 'anna' })).body.virtual).toHaveLength(1);
});

/** So many messages that come after the requests: errors, or what is told of online races. */
async function hear(path: string, requests: readonly object[], count: number, want: 'error' | 'online' = 'error') {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1${path}`);
  const heard: string[] = [];
  const wanted = want === 'error' ? ['error'] : ['online-race', 'submissions'];
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => {
        for (const request of requests) socket.send(JSON.stringify(request));
      });
      socket.on('message', (data) => {
        const message = JSON.parse(String(data)) as LiveMessage & { error?: object };
        if (!wanted.includes(message.type) && !('error' in message && want === 'error')) return;
        heard.push(String(data));
        if (heard.length === count) resolve();
      });
    });
  } finally {
    socket.terminate();
  }
  return heard.join('\n');
}

it('is said no more to who is removed while listening', async () => {
  await world.enter(race, 'carl', await world.key(race));
  const feed = new WebSocket(`${url.replace('http', 'ws')}/api/v1/leaderboards/${race}/live?since=0`, {
    headers: { authorization: `Bearer ${world.token('carl')}` },
  });
  const heard: string[] = [];
  feed.on('message', (data) => heard.push(String(data)));
  const ended = once(feed, 'close');
  await once(feed, 'message');
  expect(heard.join()).toContain('anna');
  await world.ask('POST', `/online/${race}/entries/carl/remove`, { as: 'olga', body: { reason: 'out' } });
  await world.submit(race, 'anna', 'faster');
  await world.evaluate(8_000_000);
  await world.register();
  await world.deliver('local', world.leaderboards);
  await ended;
  expect(heard.at(-1)).toContain(`There is no leaderboard ${race}`);
  expect(heard.join()).not.toContain('"score":8000000');
});

it('is on no page across boards, for nobody', async () => {
  for (const path of ['/racers/anna/results', '/racers?called=anna', '/statistics'])
    for (const as of [...strangers, 'anna']) {
      const { status, text } = await world.ask('GET', path, { as });
      expect(status, path).toBe(200);
      expect(text).not.toContain(race);
      expect(text).not.toContain('anna');
    }
  expect((await world.ask('GET', '/racers/anna/profile', {})).status).toBe(404);
});
