import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CarId, RaceId, RacerId } from '@pitwall/protocol';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Accounts, accountMigrations } from '../../accounts/index.js';
import { RunFiles, RunRecordings, runRecordingMigrations } from '../../run-recordings/index.js';
import { openStore, type Store } from '../../store/index.js';
import { type App, createApp } from '../system/server.js';
import { runRecordingRoutes } from './run-recordings.js';

const race = RaceId.parse('friday');
const run = '0190f5a0-0000-7000-8000-000000000001';
const path = `/api/v1/races/${race}`;
let folder: string;
let store: Store;
let app: App;
let recordings: RunRecordings;
let tokens: Record<string, string>;
let hidden: { racers: string[]; races: string[] };
let now: number;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-run-recordings-'));
  store = await openStore(':memory:', [accountMigrations, runRecordingMigrations]);
  const accounts = new Accounts(store);
  hidden = { racers: [], races: [] };
  now = 1_800_000_000_000;
  recordings = new RunRecordings(store, new RunFiles(folder), () => now);
  app = await createApp({
    accounts,
    logger: pino({ level: 'silent' }),
    routes: [
      runRecordingRoutes({
        recordings,
        // A race of an event: its own marshals alone run it.
        owners: {
          demandMayRun: async (_race, { name }) => {
            if (name !== 'mia') throw new Error('another event’s');
          },
        },
        listed: {
          isHidden: async (racer) => hidden.racers.includes(racer),
          isHiddenRace: async (one) => hidden.races.includes(one),
        },
      }),
    ],
  });
  const issue = (name: string, role: 'racer' | 'marshal' | 'crew') => accounts.issue({ name, role });
  tokens = {
    anna: await issue('anna', 'racer'),
    ben: await issue('ben', 'racer'),
    mia: await issue('mia', 'marshal'),
    otto: await issue('otto', 'marshal'),
  };
  await recordings.want({ run, race, racer: RacerId.parse('anna'), car: CarId.parse('red') });
  mkdirSync(join(folder, run));
  writeFileSync(join(folder, run, 'video.mp4'), 'video');
  await recordings.set(run, 'there');
});
afterEach(async () => {
  await app.close();
  await store.close();
  rmSync(folder, { recursive: true });
});

const asked = (method: 'GET' | 'PUT' | 'DELETE', of: string, who?: string, payload?: object) =>
  app.inject({
    method,
    url: path + of,
    ...(who === undefined ? {} : { headers: { authorization: `Bearer ${tokens[who]}` } }),
    ...(payload === undefined ? {} : { payload }),
  });
const seenBy = async (who?: string): Promise<boolean> => {
  const { recordings: list } = (await asked('GET', '/recordings', who)).json();
  const { statusCode, body } = await asked('GET', `/runs/${run}/video`, who);
  expect(statusCode === 200).toBe(list.length === 1);
  if (statusCode === 200) expect(body).toBe('video');
  else expect(statusCode).toBe(404);
  return statusCode === 200;
};
const seen = async () => Promise.all(['anna', 'mia', 'ben', 'otto', undefined].map(seenBy));
const share = (who: string, shared: boolean) => asked('PUT', `/runs/${run}/sharing`, who, { shared });

it('is its racer’s and of those who run the race; everybody’s while the racer shares it', async () => {
  expect(await seen()).toEqual([true, true, false, false, false]);
  expect((await share('ben', true)).statusCode).toBe(404);
  expect((await share('anna', true)).statusCode).toBe(204);
  expect(await seen()).toEqual([true, true, true, true, true]);
  expect((await asked('DELETE', `/runs/${run}/recordings`, 'ben')).statusCode).toBe(403);
  expect((await share('anna', false)).statusCode).toBe(204);
  expect(await seen()).toEqual([true, true, false, false, false]);
});

it.each([
  ['of somebody under age whose name is not shown', () => hidden.racers.push('anna')],
  ['of an event that no list shows', () => hidden.races.push(race)],
])('%s is not shared, nor shown any more', async (_, hide) => {
  expect((await share('anna', true)).statusCode).toBe(204);
  hide();
  expect(await seen()).toEqual([true, true, false, false, false]);
  const refused = await share('anna', true);
  expect(refused.json()).toMatchObject({
    error: { code: 'access-denied', message: expect.stringMatching(/organizer/) },
  });
  expect((await asked('GET', '/recordings', 'anna')).json().recordings).toMatchObject([
    { mayShare: false, shared: false },
  ]);
});

it('is deleted on request, and not fetched again when the run is confirmed again', async () => {
  expect((await asked('DELETE', `/runs/${run}/recordings`, 'anna')).statusCode).toBe(204);
  expect(existsSync(join(folder, run))).toBe(false);
  await recordings.want({ run, race, racer: RacerId.parse('anna'), car: CarId.parse('red') });
  expect(await recordings.pending()).toEqual([]);
  expect((await asked('GET', `/runs/${run}/video`, 'anna')).statusCode).toBe(404);
});

it('is deleted after a month', async () => {
  now += 30 * 86_400_000 - 1;
  await recordings.expire();
  expect(await seenBy('anna')).toBe(true);
  now += 1;
  await recordings.expire();
  expect(await seenBy('anna')).toBe(false);
  expect(existsSync(join(folder, run))).toBe(false);
});

it('waits again after a restart where its files are gone, and keeps no folder that nobody knows', async () => {
  mkdirSync(join(folder, 'unknown'));
  await recordings.takeUp();
  expect(await recordings.pending()).toEqual([]);
  rmSync(join(folder, run), { recursive: true });
  await recordings.takeUp();
  expect(await recordings.pending()).toMatchObject([{ run, state: 'waiting' }]);
  expect(existsSync(join(folder, 'unknown'))).toBe(false);
});

it('gives no file but those of a run', async () => {
  expect((await asked('GET', `/runs/${run}/laps.json`, 'anna')).statusCode).toBe(400);
  expect((await asked('GET', '/runs/..%2F..%2Fkey/video', 'anna')).statusCode).toBe(400);
});
