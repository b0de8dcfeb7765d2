import { readdirSync } from 'node:fs';
import { TrackList, TrackOutline } from '@pitwall/protocol/api';
import { pino } from 'pino';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { Accounts, accountMigrations } from '../../accounts/index.js';
import { openStore, type Store } from '../../store/index.js';
import { Tracks, trackMigrations } from '../../tracks/index.js';
import { type App, createApp, trackRoutes } from '../index.js';

let store: Store;
let app: App;

beforeAll(async () => {
  store = await openStore(':memory:', [accountMigrations, trackMigrations]);
  const logger = pino({ level: 'silent' });
  app = await createApp({ accounts: new Accounts(store), logger, routes: [trackRoutes(new Tracks(store))] });
});
afterAll(async () => {
  await app.close();
  await store.close();
});

const read = async (url: string) => (await app.inject({ method: 'GET', url })).json();

it('lists every track that comes with Pitwall, and gives each as a map', async () => {
  const { tracks } = TrackList.parse(await read('/api/v1/tracks'));
  const files = readdirSync(new URL('../../../../protocol/tracks/', import.meta.url)).filter((f) =>
    f.endsWith('.json'),
  );
  expect(tracks.map(({ track }) => `${track}.json`)).toEqual(files.sort());
  for (const { track } of tracks) {
    const { outline, description, lengthM, widthM } = TrackOutline.parse(await read(`/api/v1/tracks/${track}`));
    expect(description?.id).toBe(track);
    const { centre, inner, outer } = outline;
    expect([inner.length, outer.length]).toEqual([centre.length, centre.length]);
    const round = centre.reduce((sum, [x, y], index) => {
      const [nextX, nextY] = centre[(index + 1) % centre.length] as [number, number];
      return sum + Math.hypot(nextX - x, nextY - y);
    }, 0);
    expect(round).toBeCloseTo(lengthM, 1);
    for (const [index, [x, y]] of inner.entries()) {
      const [outerX, outerY] = outer[index] as [number, number];
      expect(Math.hypot(outerX - x, outerY - y)).toBeCloseTo(widthM, 1);
    }
  }
});

it('says that a track is not there', async () => {
  const response = await app.inject({ method: 'GET', url: '/api/v1/tracks/nowhere' });
  expect(response.statusCode).toBe(404);
  expect(response.json().error.code).toBe('not-found');
});
