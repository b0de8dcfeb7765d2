import type { GateId } from '@pitwall/protocol';
import { CommandOutcome, LiveMessage, LogPage } from '@pitwall/protocol/api';
import { RaceReplay, RaceState } from '@pitwall/protocol/race';
import { pino } from 'pino';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { WebSocket } from 'ws';
import { DeskWorld, race, seconds, setup } from '../../../testing/desk-world.js';
import { Accounts, accountMigrations } from '../../accounts/index.js';
import type { CarNews } from '../../race/index.js';
import { openStore, type Store } from '../../store/index.js';
import type { GateNews } from '../../timing/index.js';
import { Tracks, trackMigrations } from '../../tracks/index.js';
import { type App, createApp, listen } from '../index.js';
import { liveRoutes } from './live.js';
import { raceRoutes } from './races.js';

let world: DeskWorld;
let app: App;
let people: Store;
let url: string;
let token: string;
/** The cars whose pictures are asked for now, and who hears of cars. */
let looked: string[];
let tell: ((news: CarNews) => void) | undefined;
let tellOfGate: ((news: GateNews) => void) | undefined;
const timing = {
  watch: (watcher: (news: GateNews) => void) => {
    tellOfGate = watcher;
    watcher({ gate: 'start' as GateId, trouble: null });
    return () => undefined;
  },
};
const cars = {
  watch: (watcher: (news: CarNews) => void) => {
    tell = watcher;
    return () => undefined;
  },
  preview: (car: string) => {
    looked.push(car);
    return () => {
      looked = looked.filter((one) => one !== car);
    };
  },
};

const stops = { watch: () => () => undefined };

beforeEach(async () => {
  looked = [];
  tell = undefined;
  tellOfGate = undefined;
  world = await new DeskWorld().start();
  people = await openStore(':memory:', [accountMigrations, trackMigrations]);
  const accounts = new Accounts(people);
  token = await accounts.issue({ name: 'mara', role: 'marshal' });
  app = await createApp({
    accounts,
    logger: pino({ level: 'silent' }),
    routes: [
      raceRoutes(world.desk, new Tracks(people)),
      liveRoutes({ desk: world.desk, cars, timing, stops, clock: world.time.clock, accounts }),
    ],
  });
  url = `http://127.0.0.1:${await listen(app, { host: '127.0.0.1', port: 0, nextFree: false })}`;
});
afterEach(async () => {
  await app.close();
  await people.close();
  await world.stop();
});

async function call(method: string, path: string, body?: unknown, as: string | null = token) {
  const response = await fetch(`${url}/api/v1${path}`, {
    method,
    headers: { 'content-type': 'application/json', ...(as === null ? {} : { authorization: `Bearer ${as}` }) },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, body: (await response.json()) as { error?: { code: string; details?: object } } };
}

const give = async (seen: number, command: object, commandId = uuidv7()) =>
  await call('POST', `/races/${race}/commands`, { commandId, seen, command });

/** What comes on the live WebSocket after the requests, until enough. */
async function live(requests: readonly object[], enough: (heard: readonly LiveMessage[]) => boolean) {
  const socket = new WebSocket(`${url.replace('http', 'ws')}/api/v1/live`);
  const heard: LiveMessage[] = [];
  try {
    await new Promise<void>((resolve, reject) => {
      socket.on('error', reject);
      socket.on('open', () => {
        for (const request of requests) socket.send(JSON.stringify(request));
      });
      socket.on('message', (data) => {
        heard.push(LiveMessage.parse(JSON.parse(String(data))));
        if (enough(heard)) resolve();
      });
    });
  } finally {
    socket.terminate();
  }
  return heard;
}

const seqsOf = (heard: readonly LiveMessage[]) =>
  heard.flatMap((message) => (message.type === 'log' ? message.records.map(({ seq }) => seq) : []));

it('makes no race on a track that is not here, and moves none there', async () => {
  const on = (id: string, version = 1) => ({ ...setup(), track: { id, version } });
  for (const [wanted, message] of [
    [on('ovel'), /^There is no track ovel; GET \/api\/v1\/tracks lists those that are here/],
    [on('oval', 7), /^Track oval is here in version 1, not 7\.$/],
  ] as const) {
    const made = await call('POST', '/races', { race, commandId: uuidv7(), setup: wanted });
    expect(made).toMatchObject({ status: 409, body: { error: { code: 'race-refused' } } });
    expect((made.body.error as { message?: string }).message).toMatch(message);
  }
  expect((await call('POST', '/races', { race, commandId: uuidv7(), setup: on('oval') })).status).toBe(201);
  const moved = await give(1, { type: 'change', setup: on('ovel') });
  expect(moved).toMatchObject({ status: 409, body: { error: { code: 'race-refused' } } });
  expect((await give(1, { type: 'change', setup: on('harbour') })).status).toBe(200);
});

it('creates a race, takes commands, and answers state and log', async () => {
  const create = { race, commandId: uuidv7(), setup: setup() };
  expect((await call('POST', '/races', create)).status).toBe(201);
  expect((await call('POST', '/races', create)).body).toMatchObject({ repeated: true });
  expect((await call('POST', '/races', { ...create, commandId: uuidv7() })).status).toBe(409);
  const opened = await give(1, { type: 'open' });
  expect(CommandOutcome.parse(opened.body)).toMatchObject({ seq: 2, records: [{ seq: 2, who: 'mara' }] });
  const state = RaceState.parse((await call('GET', `/races/${race}`)).body);
  expect(state).toMatchObject({ race, seq: 2, phase: 'open' });
  const log = LogPage.parse((await call('GET', `/races/${race}/log?after=0`)).body);
  expect(new RaceReplay(log.records).state).toEqual(state);
  expect((await call('GET', '/races')).body).toEqual({
    races: [{ race, name: 'Friday night', phase: 'open' }],
    online: [],
  });
});

it('refuses with a code: no token, no race, a wrong command, a version that is no more, a wrong moment', async () => {
  await call('POST', '/races', { race, commandId: uuidv7(), setup: setup() });
  const body = { commandId: uuidv7(), seen: 1, command: { type: 'open' } };
  expect((await call('POST', `/races/${race}/commands`, body, null)).body.error?.code).toBe('access-unknown');
  expect((await call('POST', '/races/other/commands', body)).body.error?.code).toBe('not-found');
  expect((await give(1, { type: 'open sesame' })).body.error?.code).toBe('message-invalid');
  expect((await give(1, { type: 'close' })).body.error?.code).toBe('race-refused');
  expect((await give(1, { type: 'open' })).status).toBe(200);
  const late = await give(1, { type: 'close' });
  expect(late.status).toBe(409);
  expect(late.body.error).toMatchObject({
    code: 'race-conflict',
    details: { seq: 2, changes: [{ seq: 2, who: 'mara', event: { type: 'opened' } }] },
  });
});

it('tells everyone at once that a gate cannot be relied on, and when it can again', async () => {
  const trouble = { kind: 'silent', message: 'gate start is connected and does not answer' } as const;
  const troubles = (heard: readonly LiveMessage[]) => heard.filter(({ type }) => type === 'gate-trouble');
  const heard = await live([], (all) => {
    const told = troubles(all).length;
    if (told === 1) tellOfGate?.({ gate: 'start' as GateId, trouble });
    if (told === 2) tellOfGate?.({ gate: 'start' as GateId, trouble: null });
    return told === 3;
  });
  expect(troubles(heard)).toEqual(
    [null, trouble, null].map((each) => ({ type: 'gate-trouble', gate: 'start', trouble: each })),
  );
});

it('shows what cars see to a marshal while the page is open, and to nobody else', async () => {
  const wrong = await live([{ type: 'preview', cars: ['red'], token: 'wrong' }], (heard) =>
    heard.some(({ type }) => type === 'error'),
  );
  expect(wrong.at(-1)).toMatchObject({ type: 'error', error: { code: 'access-unknown' } });
  expect(looked).toEqual([]);
  const pictures = live([{ type: 'preview', cars: ['red'], token }], (heard) =>
    heard.some(({ type }) => type === 'preview'),
  );
  await expect.poll(() => [looked, tell !== undefined]).toEqual([['red'], true]);
  const envelope = { sessionId: uuidv7() as never, seq: 0, bootId: uuidv7() as never, at: seconds(1) };
  const preview = {
    ...envelope,
    taken: seconds(1),
    picture: 'AAAA',
    format: 'jpeg',
    action: null,
    output: null,
  } as const;
  for (const car of ['blue', 'red']) tell?.({ type: 'preview', car: car as never, preview });
  expect((await pictures).flatMap((heard) => (heard.type === 'preview' ? [heard.car] : []))).toEqual(['red']);
  await expect.poll(() => looked).toEqual([]);
});

it('streams a log from any record on, then each new one once and in order', async () => {
  await world.openRace();
  const { seq } = await world.state();
  const following = live([{ type: 'follow', race, after: 2 }], (heard) => seqsOf(heard).includes(seq + 4));
  await world.startRun();
  const heard = await following;
  expect(heard[0]).toMatchObject({ type: 'clock', now: { at: seconds(1000) } });
  const seqs = seqsOf(heard);
  expect(seqs).toEqual(seqs.map((_, index) => index + 3));
});

it('says what was wrong with a live request, and goes on', async () => {
  await world.openRace();
  const heard = await live(
    [{ type: 'follow', race: 'none', after: 0 }, { type: 'dance' }, { type: 'follow', race, after: 0 }],
    (all) => all.some(({ type }) => type === 'log'),
  );
  expect(heard.flatMap((message) => (message.type === 'error' ? [message.error.code] : []))).toEqual([
    'not-found',
    'message-invalid',
  ]);
});

describe('the shortest lap of a race that does not say it', () => {
  const harbour = { id: 'harbour', version: 1 };
  const from = (rules: object, track = harbour) => ({ ...setup(), track, rules: { name: 'Hall', ...rules } });
  const shortest = async () => (await world.desk.state(race)).setup.rules.plausible;
  // Harbour Loop is 16.93 m long: 0.9 of it at 4 m/s are 3.81 s.
  it.each([
    ['is what a car needs at its top speed', from({}), { min: 3_810_000, max: 120_000_000 }],
    [
      'is as long as the slower cars of its rules need',
      from({ car: { steeringDeg: 30, speedMps: 2 } }),
      { min: 7_620_000 },
    ],
    [
      'is that of the rules where they say it',
      from({ plausible: { min: 1_500_000, max: 9_000_000 } }),
      { min: 1_500_000 },
    ],
  ])('%s', async (_, wanted, plausible) => {
    expect((await call('POST', '/races', { race, commandId: uuidv7(), setup: wanted })).status).toBe(201);
    expect(await shortest()).toMatchObject(plausible);
  });

  it('follows the track of a draft', async () => {
    await call('POST', '/races', { race, commandId: uuidv7(), setup: from({}) });
    const tour = from({}, { id: 'grand-tour', version: 1 });
    expect((await give(1, { type: 'change', setup: tour })).status).toBe(200);
    expect(await shortest()).toMatchObject({ min: 10_250_000 });
  });

  it('is in a LIVE race, too', async () => {
    const live = { ...from({}), car: 'simulated', gates: [`live-${race}`] };
    expect((await call('POST', '/races', { race, commandId: uuidv7(), setup: live })).status).toBe(201);
    expect(await shortest()).toMatchObject({ min: 3_810_000 });
  });
});
