import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { Accounts } from '@pitwall/controller/accounts';
import { allMigrations } from '@pitwall/controller/migrations';
import { openStore } from '@pitwall/controller/store';
import WebSocket from 'ws';
import { startPostgres } from '../postgres/cluster.js';
import { pitwall } from '../race/track-day.js';
import { eventOf, fill, raceOf, racerOf, sizes } from './people-fill.js';
import { quantile, type Report } from './report.js';

const perSecond = 200;
const seconds = 30;
const followers = 1000;
const agent = new Agent({ keepAlive: true, maxSockets: 128 });

/** Ten thousand accounts, five hundred events, fifty thousand submissions: lists, sign-in, and a race that closes before a crowd, on both databases. */
export async function run(report: Report): Promise<void> {
  await measure('sqlite', undefined, report);
  const cluster = await startPostgres({ durable: true });
  if (cluster === undefined) {
    console.error('PostgreSQL is not installed: only SQLite was measured.');
    return;
  }
  try {
    await measure('postgres', cluster.url, report);
  } finally {
    await cluster.stop();
  }
}

async function measure(engine: string, database: string | undefined, report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-people-'));
  const where = database ?? join(folder, 'pitwall.db');
  await fill(where, Date.now());
  const store = await openStore(where, allMigrations);
  const organizer = await new Accounts(store).issue({ role: 'organizer', name: racerOf(0) });
  await store.close();
  const controller = await start(where, folder);
  try {
    await lists(engine, controller, organizer, report);
    await signIn(engine, controller.url, report);
    await closing(engine, controller.url, organizer, report);
  } finally {
    const ended = new Promise((resolve) => controller.process.once('exit', resolve));
    controller.process.kill('SIGTERM');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Controller {
  readonly url: string;
  readonly process: ChildProcess;
}

async function start(database: string, folder: string): Promise<Controller> {
  const args = ['serve', '--database', database, '--data', folder, '--port', '0', '--mqtt-port', '0', '--json'];
  const child = spawn(process.execPath, [pitwall, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const { type, url } = JSON.parse(line);
    if (type !== 'ready') continue;
    child.stdout?.resume();
    return { url, process: child };
  }
  throw new Error('the controller did not start');
}

interface Answer {
  readonly status: number;
  readonly text: string;
  readonly cookies: readonly string[];
}

function call(method: string, url: string, headers: Record<string, string> = {}, body?: unknown): Promise<Answer> {
  const text = body === undefined ? undefined : JSON.stringify(body);
  return new Promise((resolve, reject) => {
    const sent = request(
      url,
      {
        method,
        agent,
        headers: {
          ...headers,
          ...(text === undefined
            ? {}
            : { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) }),
        },
      },
      (response) => {
        const parts: Buffer[] = [];
        response.on('data', (part: Buffer) => parts.push(part));
        response.on('end', () =>
          resolve({
            status: response.statusCode ?? 0,
            text: Buffer.concat(parts).toString(),
            cookies: response.headers['set-cookie'] ?? [],
          }),
        );
        response.on('error', reject);
      },
    );
    sent.on('error', reject);
    sent.end(text);
  });
}

/** Looks nothing up: what of a tail is the machine's. */
const bare = 'nothing';

/** What visitors and organizers look at, each time of another event, race or racer. */
const views: Readonly<Record<string, (number: number) => string>> = {
  [bare]: () => '/api/v1/service',
  'events that are on': () => '/api/v1/events?when=on',
  'events that are over': () => '/api/v1/events?when=past&limit=100',
  'an event': (number) => `/api/v1/events/${eventOf(number % sizes.events)}`,
  'all races': () => '/api/v1/races',
  'an online race': (number) => `/api/v1/online/${raceOf(number % sizes.events)}`,
  'submissions of a race': (number) => `/api/v1/online/${raceOf(number % sizes.events)}/submissions`,
  boards: () => '/api/v1/leaderboards',
  'a board': (number) => `/api/v1/leaderboards/${raceOf(number % sizes.events)}/standings`,
  'racers by name on a board': (number) => `/api/v1/leaderboards/${raceOf(number % sizes.events)}/racers?called=Racer`,
  'racers by name': (number) => `/api/v1/racers?called=Racer%20${number % sizes.accounts}`,
  'a racer': (number) => `/api/v1/racers/${racerOf((number * 37) % sizes.accounts)}/profile`,
  'a racer’s results': (number) => `/api/v1/racers/${racerOf((number * 37) % sizes.accounts)}/results`,
  statistics: () => '/api/v1/statistics',
  seasons: () => '/api/v1/seasons',
  'a season': (number) => `/api/v1/seasons/season-${number % sizes.seasons}/standings`,
  accounts: (number) => `/api/v1/people?after=Racer%20${number % sizes.accounts}`,
};

/** All of them in turn, at a rate that does not wait for answers; counted from when each was due. */
async function lists(
  engine: string,
  { url, process: child }: Controller,
  organizer: string,
  report: Report,
): Promise<void> {
  const names = Object.keys(views);
  const headers = (name: string): Record<string, string> =>
    ['accounts', 'submissions of a race'].includes(name) ? { authorization: `Bearer ${organizer}` } : {};
  const times = new Map(names.map((name) => [name, [] as number[]]));
  const ask = async (index: number, due: number) => {
    const name = names[index % names.length] as string;
    const path = views[name]?.(Math.floor(index / names.length) * 7919) as string;
    const { status, text } = await call('GET', url + path, headers(name));
    if (status !== 200) throw new Error(`${path}: ${status} ${text.slice(0, 300)}`);
    times.get(name)?.push(performance.now() - due);
  };
  // Code that ran once is fast only after some time.
  for (let index = 0; index < names.length * 20; index += 1) await ask(index, performance.now());
  for (const all of times.values()) all.length = 0;
  const busyBefore = busyMs(child);
  const begun = performance.now();
  const asked: Promise<void>[] = [];
  for (let index = 0; index < perSecond * seconds; index += 1) {
    const due = begun + (index * 1000) / perSecond;
    const wait = due - performance.now();
    if (wait > 0) await new Promise((resolve) => setTimeout(resolve, wait));
    asked.push(ask(index, due));
  }
  await Promise.all(asked);
  const value = (busyMs(child) - busyBefore) / asked.length;
  report({
    figure: `${engine}: processor time of the controller a request, whoever else is busy here`,
    value,
    unit: 'ms',
    bar: '≤ 2.5, half a processor',
    ok: value <= 2.5,
  });
  const baseline = quantile(times.get(bare) ?? [], 0.99);
  for (const [name, all] of times) {
    if (name === bare) continue;
    const p99 = quantile(all, 0.99);
    const figure = `${engine}: ${name}, p99 of ${all.length} at ${perSecond} requests/s of all kinds`;
    report({ figure, value: p99, unit: 'ms', bar: '≤ 50', ok: p99 <= 50, baseline, ratio: p99 / baseline });
  }
}

/** What a process has had of processors, ms: its 14th and 15th fields, of 10 ms each (proc_pid_stat(5)). */
function busyMs({ pid }: ChildProcess): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')[1]?.split(' ') ?? [];
  return 10 * (Number(fields[11]) + Number(fields[12]));
}

/** Somebody guesses another's password from elsewhere, as fast as they can; the owner signs in meanwhile. */
async function signIn(engine: string, url: string, report: Report): Promise<void> {
  const password = 'correct horse battery';
  const owner = { alias: `Owner ${engine}`, password };
  const headers = { origin: url };
  const { cookies, status, text } = await call('POST', `${url}/api/v1/people`, headers, owner);
  if (status !== 204) throw new Error(`${status} ${text}`);
  const cookie = cookies.map((set) => set.split(';')[0]).join('; ');
  const guess = async (name: string) =>
    (await call('POST', `${url}/api/v1/session`, headers, { name, password: 'wrong horse' })).text;
  const guesses = await Promise.all(Array.from({ length: 100 }, () => guess(owner.alias)));
  const looked = guesses.filter((one) => one.includes('sign-in-refused')).length;
  report({
    figure: `${engine}: of 100 guesses at one account, looked at`,
    value: looked,
    unit: '',
    bar: '≤ 10',
    ok: looked <= 10,
  });
  const begun = performance.now();
  const signedIn = await call('POST', `${url}/api/v1/session`, { ...headers, cookie }, { name: owner.alias, password });
  report({
    figure: `${engine}: meanwhile the owner signs in on a device of theirs`,
    value: performance.now() - begun,
    unit: 'ms',
    bar: 'signed in',
    ok: signedIn.status === 204,
  });
  const others = await Promise.all(Array.from({ length: 500 }, (_, number) => guess(`Racer ${number}`)));
  const all = looked + others.filter((one) => one.includes('sign-in-refused')).length;
  report({
    figure: `${engine}: of 600 guesses from one address, looked at`,
    value: all,
    unit: '',
    bar: '≤ 300',
    ok: all <= 300,
  });
}

/** A race that its organizer closes, online and at the track: until the last of a crowd has been told. */
async function closing(engine: string, url: string, organizer: string, report: Report): Promise<void> {
  const headers = { authorization: `Bearer ${organizer}` };
  const race = raceOf(20);
  await crowd(report, `${engine}: an online race is closed`, url, {
    follow: { type: 'follow-online', race },
    isTold: (text) => text.includes('"closed"'),
    close: async () => await call('POST', `${url}/api/v1/online/${race}/close`, headers),
  });
  const setup = {
    name: 'Heat',
    track: { id: 'oval', version: 1 },
    gates: ['line'],
    car: 'any',
    rules: { name: 'heat', start: 'key' },
  };
  const made = { race: 'heat', commandId: crypto.randomUUID(), setup };
  await demand(call('POST', `${url}/api/v1/races`, headers, made));
  const give = async (type: string) => {
    const { seq } = JSON.parse((await call('GET', `${url}/api/v1/races/heat`)).text);
    const command = { commandId: crypto.randomUUID(), seen: seq, command: { type } };
    return await demand(call('POST', `${url}/api/v1/races/heat/commands`, headers, command));
  };
  await give('open');
  await crowd(report, `${engine}: a race at the track is closed`, url, {
    follow: { type: 'follow', race: 'heat', after: 0 },
    isTold: (text) => text.includes('"closed"'),
    close: () => give('close'),
  });
}

async function demand(asked: Promise<Answer>): Promise<Answer> {
  const answer = await asked;
  if (answer.status >= 300) throw new Error(`${answer.status} ${answer.text}`);
  return answer;
}

interface Closing {
  readonly follow: object;
  readonly isTold: (text: string) => boolean;
  readonly close: () => Promise<Answer>;
}

async function crowd(report: Report, figure: string, url: string, { follow, isTold, close }: Closing): Promise<void> {
  const sockets: WebSocket[] = [];
  const told: Promise<number>[] = [];
  for (let number = 0; number < followers; number += 1) {
    const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`);
    sockets.push(socket);
    const shown = new Promise<void>((resolve, reject) => {
      socket.once('open', () => socket.send(JSON.stringify(follow)));
      socket.on('error', reject);
      socket.on('message', (data) => /"(log|online-race)"/.test(String(data)) && resolve());
    });
    told.push(
      new Promise((resolve) => {
        socket.on('message', (data) => isTold(String(data)) && resolve(performance.now()));
      }),
    );
    if (number % 20 === 19) await shown;
  }
  await new Promise((resolve) => setTimeout(resolve, 2000));
  const begun = performance.now();
  await demand(close());
  const patience = new Promise<number[]>((resolve) => setTimeout(() => resolve([Number.POSITIVE_INFINITY]), 60_000));
  const times = await Promise.race([Promise.all(told), patience]);
  for (const socket of sockets) socket.terminate();
  const value = (Math.max(...times) - begun) / 1000;
  report({
    figure: `${figure}: the last of ${followers} followers knows`,
    value,
    unit: 's',
    bar: '≤ 1',
    ok: value <= 1,
  });
}
