import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pino } from 'pino';
import { AccountOfRacer, Accounts, People } from '../src/accounts/index.js';
import { allMigrations } from '../src/compose/migrations.js';
import { type App, createApp, leaderboardServiceRoutes } from '../src/http/index.js';
import { Imports } from '../src/imports/index.js';
import { Leaderboards } from '../src/leaderboard/index.js';
import { ErasedList, PersonalData } from '../src/personal-data/index.js';
import { openStore } from '../src/store/index.js';
import type { Answered } from './leaderboard-service.js';

/** What a browser or a program shows of itself. */
export interface Shown {
  readonly token?: string;
  /** As a browser keeps them: `name=value; …`. */
  readonly cookie?: string;
  /** The page's; by default this controller's own. `null`: none, as of a program. */
  readonly origin?: string | null;
  readonly address?: string;
  readonly userAgent?: string;
}

/** Accounts over HTTP, on a database of their own, with a clock that the test moves. */
export interface PeopleWorld {
  readonly app: App;
  readonly accounts: Accounts;
  readonly people: People;
  now: number;
  ask(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    shown: Shown,
    body?: object,
  ): Promise<Answered & { cookie: string; setCookies: string[] }>;
  /** Signs the first administrator up; answers the cookie. */
  firstAdministrator(): Promise<{ cookie: string }>;
  close(): Promise<void>;
}

export async function startPeople(database: string): Promise<PeopleWorld> {
  const store = await openStore(database, allMigrations);
  const accounts = new Accounts(store);
  const leaderboards = new Leaderboards(store);
  leaderboards.start();
  const now = () => world.now;
  const people = await People.open({ store, racers: leaderboards.racers, secure: false, now });
  const done = new Set<string>();
  const personalData = new PersonalData({
    holders: [new AccountOfRacer(store, { accounts, people, others: [] })],
    list: new ErasedList(mkdtempSync(join(tmpdir(), 'pitwall-people-'))),
    done: { list: async () => done, add: async (racer) => void done.add(racer) },
    forget: async () => undefined,
    now,
  });
  const app = await createApp({
    accounts,
    people,
    logger: pino({ level: 'silent' }),
    routes: leaderboardServiceRoutes(
      { accounts, people, providers: people.providers([]) },
      leaderboards,
      new Imports({ leaderboards, source: 'hall' }),
      { personalData },
    ),
  });
  const host = 'pit.test:8080';
  const world: PeopleWorld = {
    app,
    accounts,
    people,
    now: 1_700_000_000_000,
    async ask(method, url, { token, cookie, origin = `http://${host}`, address = '192.168.1.7', userAgent }, body) {
      const response = await app.inject({
        method,
        url,
        remoteAddress: address,
        ...(body === undefined ? {} : { payload: body }),
        headers: {
          host,
          ...(origin === null ? {} : { origin }),
          ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
          ...(cookie === undefined ? {} : { cookie }),
          ...(userAgent === undefined ? {} : { 'user-agent': userAgent }),
        },
      });
      const setCookies = [response.headers['set-cookie'] ?? []].flat();
      return {
        status: response.statusCode,
        body: response.body === '' ? undefined : response.json(),
        cookie: setCookies.map((set) => set.split(';')[0]).join('; '),
        setCookies,
      };
    },
    async firstAdministrator() {
      const made = await people.makeFirst();
      const { cookie } = await world.ask(
        'POST',
        '/api/v1/people/first',
        {},
        { key: made?.key, alias: 'Ada', password: 'engines of 1843' },
      );
      return { cookie };
    },
    async close() {
      await app.close();
      await leaderboards.stop();
      await store.close();
    },
  };
  return world;
}
