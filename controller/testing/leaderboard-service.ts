import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { BoardInput } from '@pitwall/protocol/api';
import { pino } from 'pino';
import { Accounts, People } from '../src/accounts/index.js';
import { allMigrations } from '../src/compose/migrations.js';
import { openSigner } from '../src/forwarding/index.js';
import { type App, createApp, leaderboardServiceRoutes } from '../src/http/index.js';
import { Imports } from '../src/imports/index.js';
import { type LeaderboardOptions, Leaderboards } from '../src/leaderboard/index.js';
import { openStore } from '../src/store/index.js';

export interface Answered {
  readonly status: number;
  // biome-ignore lint/suspicious/noExplicitAny: what came is what the test looks at
  readonly body: any;
}

/** The leaderboard service over HTTP, on a database of its own. */
export class Service {
  readonly app: App;
  readonly leaderboards: Leaderboards;
  readonly tokens: Readonly<Record<'organizer' | 'source', string>>;
  readonly #close: () => Promise<void>;

  constructor(app: App, leaderboards: Leaderboards, tokens: Service['tokens'], close: () => Promise<void>) {
    this.app = app;
    this.leaderboards = leaderboards;
    this.tokens = tokens;
    this.#close = close;
  }

  async call(
    method: 'GET' | 'POST' | 'PUT' | 'DELETE',
    url: string,
    body?: unknown,
    as?: 'organizer' | 'source',
  ): Promise<Answered> {
    const response = await this.app.inject({
      method,
      url,
      ...(body === undefined ? {} : { payload: body as object }),
      ...(as === undefined ? {} : { headers: { authorization: `Bearer ${this.tokens[as]}` } }),
    });
    return { status: response.statusCode, body: response.body === '' ? undefined : response.json() };
  }

  /** Makes a board; answers its path. */
  async board(over: Partial<BoardInput> = {}): Promise<string> {
    const id = `b-${randomUUID()}`;
    const settings = { id, name: 'Board', ranking: { by: 'best-lap' }, signatures: 'optional', writers: ['hall'] };
    const { status, body } = await this.call('POST', '/api/v1/leaderboards', { ...settings, ...over }, 'organizer');
    if (status !== 201) throw new Error(JSON.stringify(body));
    return `/api/v1/leaderboards/${id}`;
  }

  /** Sends results; answers their outcomes, or the code they were refused with. */
  async send(board: string, ...results: readonly object[]): Promise<string[]> {
    const outcomes: string[] = [];
    for (const result of results) {
      const { body } = await this.call('POST', `${board}/results`, result, 'source');
      outcomes.push(body.outcome ?? body.error.code);
    }
    return outcomes;
  }

  async close(): Promise<void> {
    await this.#close();
  }
}

export async function startService(
  database: string,
  options: Pick<LeaderboardOptions, 'visibility' | 'now' | 'targets'> = {},
): Promise<Service> {
  const store = await openStore(database, allMigrations);
  const accounts = new Accounts(store);
  const tokens = {
    organizer: await accounts.issue({ name: 'olga', role: 'organizer' }),
    source: await accounts.issue({ name: 'hall', role: 'source' }),
  };
  const cards = await openSigner(join(mkdtempSync(join(tmpdir(), 'pitwall-cards-')), 'cards.key.json'));
  const leaderboards = new Leaderboards(store, { cards, ...options });
  leaderboards.start();
  const people = await People.open({ store, racers: leaderboards.racers, secure: false });
  const app = await createApp({
    accounts,
    people,
    logger: pino({ level: 'silent' }),
    routes: leaderboardServiceRoutes(
      { accounts, people, providers: people.providers([]) },
      leaderboards,
      new Imports({ leaderboards, source: 'hall' }),
    ),
  });
  return new Service(app, leaderboards, tokens, async () => {
    await app.close();
    await leaderboards.stop();
    await store.close();
  });
}
