import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { request } from 'node:https';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { expect, it, onTestFinished } from 'vitest';
import { engines, freshDatabase } from '../../testing/databases.js';
import { physical, resultOf } from '../../testing/results.js';
import { Accounts } from '../accounts/index.js';
import { restore } from '../backup/index.js';
import { LeaderboardClient, openSigner } from '../forwarding/index.js';
import { openStore } from '../store/index.js';
import { startAll } from './all.js';
import { Config, demandClosed, doorsOf, readControllerConfig } from './config.js';
import { startLeaderboard } from './leaderboard.js';
import { allMigrations } from './migrations.js';
import type { Say } from './running.js';

const silent = pino({ level: 'silent' });
const folder = () => mkdtempSync(join(tmpdir(), 'pitwall-serve-'));
const configOf = (data: string, over: object = {}) =>
  Config.parse({ data, http: { port: 0 }, mqtt: { port: 0 }, boards: [{ id: 'demo', name: 'Demo' }], ...over });

async function start(config: Config, say: Say = () => undefined) {
  const running = await (config.role === 'leaderboard' ? startLeaderboard : startAll)(config, say, silent);
  onTestFinished(() => running.stop());
  return running;
}

async function tokenOf(data: string, role: 'organizer' | 'source', name: string): Promise<string> {
  const store = await openStore(join(data, 'pitwall.db'), allMigrations);
  const token = await new Accounts(store).issue({ name, role });
  await store.close();
  return token;
}

const result = (racer: string, ms: number) => resultOf(racer, ms, { provenance: { ...physical, source: 'pitwall' } });

it('sends what is put into the outbox, signed, to its own board and to another one', async () => {
  const [here, there] = [folder(), folder()];
  const said: string[] = [];
  const other = await start(configOf(there, { name: 'hall', boards: [] }));
  const chief = await tokenOf(there, 'organizer', 'olga');
  const secret = join(folder(), 'token');
  const ours = await start(
    configOf(here, { forwarding: [{ name: 'hall', url: other.url, token: secret }] }),
    ({ text }) => said.push(text),
  );
  const api = async <T>(url: string, token: string, method: string, body?: unknown): Promise<T> => {
    const response = await fetch(url, {
      method,
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    return (await response.json()) as T;
  };
  await api(`${other.url}/api/v1/leaderboards`, chief, 'POST', {
    id: 'demo',
    name: 'Demo',
    ranking: { by: 'best-lap' },
    writers: ['pitwall'],
  });
  const { publicJwk } = await openSigner(join(here, 'source.key.json'));
  await api(`${other.url}/api/v1/sources/pitwall/keys`, chief, 'POST', publicJwk);

  const marshal = await tokenOf(here, 'organizer', 'mara');
  await api(`${ours.url}/api/v1/outbox`, marshal, 'POST', { leaderboard: 'demo', result: result('ann', 9_000) });
  const standings = async (url: string): Promise<string[]> => {
    const body = await api<{ physical: { racer: string }[] }>(
      `${url}/api/v1/leaderboards/demo/standings`,
      url === other.url ? chief : marshal,
      'GET',
    );
    return body.physical.map(({ racer }) => racer);
  };
  await expect.poll(() => standings(ours.url)).toEqual(['ann']);
  // The other's token is not there yet: its delivery waits, and goes once it is.
  await expect.poll(() => said.join('\n')).toContain('forwarding to hall: demo waits');
  writeFileSync(secret, await tokenOf(there, 'source', 'pitwall'));
  await expect.poll(() => standings(other.url)).toEqual(['ann']);
});

it('goes on with the same secrets and results after a restart', async () => {
  const data = folder();
  const first = await startAll(configOf(data), () => undefined, silent);
  await first.stop();
  await first.stop();
  const before = readdirSync(data).map((file) => [file, file.includes('key') ? readFileSync(join(data, file)) : '']);
  const second = await start(configOf(data));
  expect((await fetch(`${second.url}/api/v1/leaderboards/demo/standings`)).status).toBe(200);
  const after = readdirSync(data)
    .filter((file) => !/-(wal|shm)$/.test(file))
    .map((file) => [file, file.includes('key') ? readFileSync(join(data, file)) : '']);
  expect(after).toEqual(before);
});

it('says what to do about a port in use, or takes the next free one when asked to', async () => {
  const blocker = createServer();
  await new Promise<void>((resolve) => blocker.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void blocker.close());
  const { port } = blocker.address() as { port: number };
  const taken = { http: { port } };
  await expect(startAll(configOf(folder(), taken), () => undefined, silent)).rejects.toMatchObject({
    code: 'port-in-use',
    message: expect.stringContaining('--next-free'),
  });
  const moved = await start(configOf(folder(), { ...taken, nextfree: true }));
  expect(Number(new URL(moved.url).port)).toBeGreaterThan(port);
});

it.each([
  [{ http: { host: '0.0.0.0' } }, 'closed by an authority of its own'],
  [{ mqtt: { host: '::' } }, 'closed by an authority of its own'],
  [{ http: { host: '0.0.0.0' }, insecure: true }, 'open'],
  [{ http: { host: '0.0.0.0' }, tls: { cert: 'a', key: 'b' } }, 'closed by files'],
  [{ http: { host: 'localhost' } }, 'on this machine'],
  [{}, 'on this machine'],
  [{ tls: 'local' }, 'closed by an authority of its own'],
  // The broker of another machine.
  [{ mqtt: { url: 'mqtt://10.0.0.1' } }, 'refused'],
  [{ mqtt: { url: 'mqtt://10.0.0.1' }, insecure: true }, 'on this machine'],
  [{ mqtt: { url: 'mqtts://10.0.0.1' } }, 'on this machine'],
  [{ mqtt: { url: 'mqtt://127.0.0.1:1884', host: '0.0.0.0' } }, 'on this machine'],
])('beyond this machine there is TLS, or plain words: %j is %s', (over, expected) => {
  const attempt = () => {
    const config = configOf('x', over);
    demandClosed(config);
    const { open, closedBy } = doorsOf(config);
    if (closedBy === undefined) return open ? 'open' : 'on this machine';
    return closedBy === 'local' ? 'closed by an authority of its own' : 'closed by files';
  };
  if (expected === 'refused') expect(attempt).toThrow(expect.objectContaining({ code: 'listen-refused' }));
  else expect(attempt()).toBe(expected);
});

it('takes flags over variables, and names a wrong field', () => {
  const config = readControllerConfig(
    undefined,
    { PITWALL_HTTP_PORT: '1', PITWALL_NEXTFREE: 'true', PITWALL_TOKEN: 'x' },
    { http: { port: '2' } },
  );
  expect(config).toMatchObject({ http: { port: 2 }, nextfree: true });
  expect(() => readControllerConfig(undefined, { PITWALL_HTTP_PORT: 'x' }, {})).toThrow(/http\.port/);
});

it.each(engines)('runs the leaderboard alone, with %s and one database for two of it', async (engine) => {
  const database = await freshDatabase(engine);
  const alone = { role: 'leaderboard', database };
  const [one, two] = [await start(configOf(folder(), alone)), await start(configOf(folder(), alone))];
  expect(one.mqtt).toBeUndefined();
  const store = await openStore(database, allMigrations);
  const token = await new Accounts(store).issue({ name: 'pitwall', role: 'source' });
  await store.close();
  const headers = { authorization: `Bearer ${token}`, 'content-type': 'application/json' };
  const url = '/api/v1/leaderboards/demo';
  const body = JSON.stringify(result('ann', 9_000));
  expect((await fetch(`${one.url}${url}/results`, { method: 'POST', headers, body })).status).toBe(201);
  expect((await fetch(`${two.url}${url}/results`, { method: 'POST', headers, body })).status).toBe(200);
  const standings = (await (await fetch(`${two.url}${url}/standings`)).json()) as { physical: { racer: string }[] };
  expect(standings.physical).toMatchObject([{ racer: 'ann' }]);
  expect((await fetch(`${one.url}/api/v1/races`)).status).toBe(404);
});

it('is read by the client that the forwarder sends with', async () => {
  const data = folder();
  const { url } = await start(configOf(data, { role: 'leaderboard' }));
  const token = await tokenOf(data, 'source', 'pitwall');
  const client = new LeaderboardClient({ url: () => url, token: async () => token });
  onTestFinished(() => client.close());
  for (const [index, racer] of ['ann', 'ben', 'cat'].entries())
    expect(await client.send('demo', { ...result(racer, 9_000 + index), country: 'NL' })).toMatchObject({
      outcome: { outcome: 'accepted' },
    });
  const { physical, next } = await client.standings('demo', { limit: 2, country: 'NL' });
  expect(physical.map(({ rank, racer }) => `${rank} ${racer}`)).toEqual(['1 ann', '2 ben']);
  const rest = await client.standings('demo', { limit: 2, country: 'NL', cursor: next.physical ?? '' });
  expect(rest.physical.map(({ rank, racer }) => `${rank} ${racer}`)).toEqual(['3 cat']);
  expect(await client.places('demo', 'ben', { neighbours: 1 })).toMatchObject([
    { column: 'physical', of: 3, row: { rank: 2 }, above: [{ racer: 'ann' }], below: [{ racer: 'cat' }] },
  ]);
  const { changes, next: cursor } = await client.changes('demo', 0, 2);
  expect(changes).toHaveLength(2);
  expect((await client.changes('demo', cursor)).changes).toMatchObject([{ racer: 'cat', row: { rank: 3 } }]);
  await expect(client.standings('nowhere')).rejects.toMatchObject({ code: 'not-found' });
});

it('shows what waits to marshals: a page, and metrics', async () => {
  const data = folder();
  const { url } = await start(configOf(data));
  const page = await fetch(`${url}/outbox`);
  expect(page.headers.get('content-security-policy')).toContain("default-src 'none'");
  expect(await page.text()).toContain('Set aside');
  expect((await fetch(`${url}/metrics`)).status).toBe(401);
  const headers = {
    authorization: `Bearer ${await tokenOf(data, 'organizer', 'olga')}`,
    'content-type': 'application/json',
  };
  const body = JSON.stringify({ leaderboard: 'nowhere', result: result('ann', 9_000) });
  expect((await fetch(`${url}/api/v1/outbox`, { method: 'POST', headers, body })).status).toBe(202);
  const metrics = async () => await (await fetch(`${url}/metrics`, { headers })).text();
  await expect.poll(metrics).toContain('pitwall_outbox_deliveries{destination="local",state="waiting"} 1');
  await expect.poll(metrics).toMatch(/pitwall_outbox_failures\{destination="local",leaderboard="nowhere"\} [1-9]/);
});

/** A certificate of one's own for this address, made now: none is kept anywhere. */
function certificate(data: string) {
  const [cert, key] = [join(data, 'tls.crt'), join(data, 'tls.key')];
  const subject = ['-subj', '/CN=127.0.0.1', '-addext', 'subjectAltName=IP:127.0.0.1'];
  const make = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-days', '2'];
  execFileSync('openssl', [...make, ...subject, '-keyout', key, '-out', cert], { stdio: 'ignore' });
  return { cert, key };
}

const openssl = existsSync('/usr/bin/openssl');
if (!openssl) {
  if (process.env.CI === 'true') throw new Error('HTTPS is tested with openssl, which is missing');
  console.log('skipped: HTTPS, because openssl is missing');
}

it.skipIf(!openssl)(
  'serves HTTPS, sends to its own board over it, and to others whose certificate it is told of',
  async () => {
    const [here, there] = [folder(), folder()];
    const tls = certificate(there);
    const other = await start(configOf(there, { name: 'hall', tls }));
    expect(other.url).toMatch(/^https:/);
    const call = (method: string, path: string, headers: Record<string, string> = {}, body?: object) =>
      new Promise<{ status: number | undefined; text: string }>((resolve, reject) => {
        const sent = request(new URL(path, other.url), { method, headers, ca: readFileSync(tls.cert) }, (response) => {
          let text = '';
          response.on('data', (part) => {
            text += part;
          });
          response.on('end', () => resolve({ status: response.statusCode, text }));
        });
        sent.on('error', reject);
        sent.end(body === undefined ? undefined : JSON.stringify(body));
      });
    const shown = async () =>
      JSON.parse((await call('GET', '/api/v1/leaderboards/demo/standings')).text).physical.length;
    // Who was not told of the certificate speaks with nobody.
    await expect(fetch(other.url)).rejects.toThrow();
    // Programs of this machine need no TLS.
    expect((await fetch(`${other.url.replace('https', 'http')}/api/v1/service`)).status).toBe(200);
    const headers = {
      authorization: `Bearer ${await tokenOf(there, 'organizer', 'olga')}`,
      'content-type': 'application/json',
    };
    const ours = resultOf('ann', 9_000);
    const put = await call('POST', '/api/v1/outbox', headers, { leaderboard: 'demo', result: ours });
    expect(put.status).toBe(202);
    await expect.poll(shown).toBe(1);

    const settings = JSON.parse((await call('GET', '/api/v1/leaderboards/demo')).text);
    const writers = { ...settings, id: undefined, writers: ['hall', 'pitwall'] };
    expect((await call('PUT', '/api/v1/leaderboards/demo', headers, writers)).status).toBe(200);
    const { publicJwk } = await openSigner(join(here, 'source.key.json'));
    expect((await call('POST', '/api/v1/sources/pitwall/keys', headers, publicJwk)).status).toBe(201);
    const secret = join(folder(), 'token');
    writeFileSync(secret, await tokenOf(there, 'source', 'pitwall'));
    const forwarding = [{ name: 'hall', url: other.url, token: secret, ca: tls.cert }];
    const track = await start(configOf(here, { forwarding }));
    await fetch(`${track.url}/api/v1/outbox`, {
      method: 'POST',
      headers: { ...headers, authorization: `Bearer ${await tokenOf(here, 'organizer', 'mara')}` },
      body: JSON.stringify({ leaderboard: 'demo', result: result('ben', 8_000) }),
    });
    await expect.poll(shown).toBe(2);
  },
);

it('gives an administrator everything as one file, from which another machine knows the same people', async () => {
  const data = folder();
  let key = '';
  const here = await start(configOf(data), (line) => {
    if (line.type === 'first-administrator') key = new URL(line.url as string).hash.slice(1);
  });
  const post = async (url: string, body: object, cookie = '') =>
    await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', origin: new URL(url).origin, cookie },
      body: JSON.stringify(body),
    });
  const cookieOf = (answer: Response) =>
    answer.headers
      .getSetCookie()
      .map((set) => set.split(';')[0])
      .join('; ');
  const ada = { alias: 'Ada', password: 'a stone in the river' };
  const cookie = cookieOf(await post(`${here.url}/api/v1/people/first`, { key, ...ada }));
  const ask = async (passphrase: string, as: string) => await post(`${here.url}/api/v1/backup`, { passphrase }, as);
  expect((await ask('four horses on a hill', '')).status).toBe(401);
  expect((await ask('too short', cookie)).status).toBe(400);
  const answer = await ask('four horses on a hill', cookie);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([200, 'application/x-tar']);
  const file = join(folder(), 'backup.tar');
  writeFileSync(file, Buffer.from(await answer.arrayBuffer()));
  const elsewhere = join(folder(), 'data');
  await restore(file, { data: elsewhere }, 'four horses on a hill');
  const there = await start(configOf(elsewhere));
  const { status } = await post(`${there.url}/api/v1/session`, { name: ada.alias, password: ada.password });
  expect(status).toBe(204);
});
