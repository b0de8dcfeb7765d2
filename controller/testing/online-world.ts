import { randomUUID } from 'node:crypto';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { OnlineRace, OnlineSetupInput, Submission } from '@pitwall/protocol/api';
import { pino } from 'pino';
import { Accounts, People, type Role } from '../src/accounts/index.js';
import { allMigrations } from '../src/compose/migrations.js';
import { EventOwners } from '../src/events/index.js';
import { Outbox, openSigner } from '../src/forwarding/index.js';
import { type App, controllerRoutes, createApp } from '../src/http/index.js';
import { Imports } from '../src/imports/index.js';
import { Leaderboards } from '../src/leaderboard/index.js';
import { Entries, OnlineRaces, VisibleRaces } from '../src/online-races/index.js';
import { RunFiles, RunRecordings } from '../src/run-recordings/index.js';
import { openStore, type Store } from '../src/store/index.js';
import { DatabaseBlobStore, EvaluationQueue, Evaluations, Registrar, Submissions } from '../src/submissions/index.js';
import { Tracks } from '../src/tracks/index.js';
import { DeskWorld } from './desk-world.js';

export const hour = 3_600_000;

export interface Asking {
  readonly as?: string | undefined;
  readonly invitation?: string | undefined;
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Everything a controller answers, on a database of its own, with a clock that the test moves; nothing is evaluated. */
export class OnlineWorld {
  now = 1_800_000_000_000;
  readonly store: Store;
  readonly queue: EvaluationQueue;
  readonly blobs: DatabaseBlobStore;
  readonly visible: VisibleRaces;
  readonly races: OnlineRaces;
  readonly tracks: Tracks;
  readonly leaderboards: Leaderboards;
  readonly outbox: Outbox;
  readonly registrar: Registrar;
  readonly accounts: Accounts;
  /** Boards that do not answer, as the forwarder says it. */
  troubles: { destination: string; leaderboard: string; failures: number; notBefore: number }[] = [];
  app!: App;
  submissions!: Submissions;
  readonly #desk = new DeskWorld();
  readonly #tokens = new Map<string, string>();

  private constructor(store: Store) {
    this.store = store;
    this.accounts = new Accounts(store);
    this.queue = new EvaluationQueue(store, { leaseMs: 60_000, attempts: 3 });
    this.blobs = new DatabaseBlobStore(store);
    this.leaderboards = new Leaderboards(store, {
      now: () => this.now,
      visibility: {
        hiddenBoards: async () => await this.visible.hiddenBoards(),
        eventsOf: async (asked) => asked.map(() => null),
        isHidden: async () => false,
        track: async (id, version) => await this.tracks.find(id, version),
      },
    });
    this.outbox = new Outbox(store, ['local', 'elsewhere']);
    const here = new Outbox(store, ['local']);
    this.visible = new VisibleRaces({ store, now: () => this.now, source: 'pitwall' });
    this.tracks = new Tracks(store, () => this.now);
    this.races = new OnlineRaces({
      store,
      now: () => this.now,
      source: 'pitwall',
      visible: this.visible,
      tracks: this.tracks,
      boards: this.leaderboards.boards,
      taken: async () => false,
    });
    this.registrar = new Registrar({
      store,
      source: 'pitwall',
      enqueue: async (transaction, board, result, access) =>
        await (access === 'open' ? this.outbox : here).enqueue(transaction, board, result),
      wake: () => undefined,
      log: (message) => {
        throw new Error(message);
      },
    });
  }

  /** What looks at models at the door; a test may make it refuse. */
  look: (model: AsyncIterable<Uint8Array>) => Promise<void> = async () => undefined;

  static async open(database: string): Promise<OnlineWorld> {
    const world = new OnlineWorld(await openStore(database, allMigrations));
    await world.#desk.start();
    const { store, visible, races, blobs } = world;
    const entries = new Entries({
      store,
      races: visible,
      now: () => world.now,
      racerOf: async (racer) => ({ alias: racer }),
    });
    world.submissions = new Submissions({
      store,
      visible,
      races,
      entries,
      queue: world.queue,
      blobs,
      check: {
        check: async (model) => await world.look(model),
        describe: async () => await Promise.reject(new Error('nothing is described here')),
      },
      board: {
        places: async (race, racers) => await world.leaderboards.ranks(race, 'virtual', racers),
        fates: async (race, results) => await world.leaderboards.states(race, results),
      },
      now: () => world.now,
      changed: () => undefined,
    });
    const nothing = {} as never;
    const signer = await openSigner(join(mkdtempSync(join(tmpdir(), 'pitwall-online-')), 'source.key.json'));
    await world.leaderboards.keys.register('pitwall', signer.publicJwk);
    const { accounts } = world;
    const people = await People.open({ store, racers: world.leaderboards.racers, secure: false });
    world.app = await createApp({
      people,
      accounts: world.accounts,
      logger: pino({ level: 'silent' }),
      routes: controllerRoutes({
        identity: { accounts, people, providers: people.providers([]) },
        leaderboards: world.leaderboards,
        imports: new Imports({
          leaderboards: world.leaderboards,
          source: 'pitwall',
          sign: (text) => signer.sign(text),
          now: () => world.now,
        }),
        online: {
          visible,
          races,
          entries,
          submissions: world.submissions,
          evaluations: new Evaluations({ store, submissions: world.submissions, entries, blobs }),
        },
        recordings: new RunRecordings(store, new RunFiles(join(tmpdir(), 'pitwall-no-recordings'))),
        track: {
          desk: world.#desk.desk,
          cars: nothing,
          stops: { watch: () => () => undefined } as never,
          accounts: world.accounts,
          clock: world.#desk.time.clock,
          timing: { health: () => [], watch: () => () => undefined } as never,
          manual: nothing,
        },
        moments: nothing,
        signer: nothing,
        events: { owners: new EventOwners(store, () => world.now) } as never,
        machines: nothing,
        models: nothing,
        tracks: world.tracks,
        store: world.store,
        outbox: world.outbox,
        backup: nothing,
        standby: nothing,
        forwarder: { wake: () => undefined, troubles: () => world.troubles },
      }),
    });
    for (const name of ['olga', 'otto']) await world.person('organizer', name);
    for (const name of ['anna', 'ben', 'carl']) await world.person('racer', name);
    await world.person('source', 'pitwall');
    await world.person('source', 'hall');
    return world;
  }

  async person(role: Role, name: string): Promise<void> {
    this.#tokens.set(name, await this.accounts.issue({ name, role }));
  }

  token(who: string): string {
    return this.#tokens.get(who) ?? '';
  }

  // biome-ignore lint/suspicious/noExplicitAny: what came is what the test looks at
  async ask(method: string, url: string, { as, invitation, body, headers }: Asking = {}): Promise<any> {
    const response = await this.app.inject({
      method: method as 'GET',
      url: `/api/v1${url}`,
      headers: {
        ...(as === undefined ? {} : { authorization: `Bearer ${this.token(as)}` }),
        ...(invitation === undefined ? {} : { 'x-pitwall-invitation': invitation }),
        ...headers,
      },
      ...(body === undefined ? {} : { payload: body as object }),
    });
    const json = /json/.test(String(response.headers['content-type']));
    return { status: response.statusCode, text: response.body, body: json ? response.json() : undefined };
  }

  /** A race that opens now; answers it. */
  async race(over: Partial<OnlineSetupInput> = {}): Promise<OnlineRace> {
    const { status, body } = await this.ask('POST', '/races', {
      as: 'olga',
      body: { commandId: randomUUID(), setup: this.setup(over) },
    });
    if (status !== 201) throw new Error(JSON.stringify(body));
    return body;
  }

  setup(over: Partial<OnlineSetupInput> = {}): OnlineSetupInput {
    return {
      kind: 'online',
      name: 'Secret cup',
      opensAt: this.now,
      closesAt: this.now + hour,
      track: { id: 'oval' as never, version: 1 },
      rules: { name: 'Rules' },
      ...over,
    } as OnlineSetupInput;
  }

  async key(race: string): Promise<string> {
    return (await this.ask('GET', `/online/${race}/invitation`, { as: 'olga' })).body.key;
  }

  async enter(race: string, as: string, invitation?: string): Promise<number> {
    return (await this.ask('POST', `/online/${race}/entries`, { as, body: { invitation } })).status;
  }

  /** Sends some bytes as an archive: what they are is for evaluators. */
  async submit(race: string, as: string, archive = 'archive'): Promise<{ status: number; body: Submission }> {
    return await this.ask('POST', `/online/${race}/submissions?name=model`, {
      as,
      body: Buffer.from(archive),
      headers: { 'content-type': 'application/gzip' },
    });
  }

  /** The next in the queue, as evaluated with one lap of so long, µs. */
  async evaluate(time: number): Promise<void> {
    const taken = await this.queue.take('worker');
    if (taken === undefined) throw new Error('nothing to take');
    const lap = { lap: 1, trial: 1, time, progressPct: 100, resets: 0, offTracks: 0, collisions: 0 };
    const evaluation = {
      model: { hash: taken.model_hash, name: 'model' },
      track: { id: 'oval', version: 1, direction: 'counter-clockwise' },
      rules: { hash: 'b'.repeat(64), name: 'Rules' },
      simulatorVersion: '1',
      seed: 0,
      checkpoints: [{ checkpoint: '1', meanProgressPct: 100, meanLapTime: time, laps: [lap] }],
      chosen: '1',
    };
    const verdict = { score: time, bestLap: time, reason: null };
    await this.queue.finish(taken, { ...verdict, evaluation: JSON.stringify(evaluation), files: [] });
  }

  /** What is evaluated goes into the outbox. */
  async register(): Promise<void> {
    this.registrar.start();
    await this.registrar.stop();
  }

  /** What waits in the outbox for a destination arrives there. */
  async deliver(destination: string, there: Leaderboards): Promise<void> {
    for (const row of await this.outbox.list('waiting', 100)) {
      if (row.destination !== destination) continue;
      const sender = { name: 'pitwall', staff: false };
      const incoming = {
        result: JSON.parse(row.body),
        body: row.body,
        signedBy: { source: 'pitwall', kid: 'key' },
        sender,
      };
      await there.ingest(row.leaderboard, incoming as never);
      await this.store
        .as<{ forwarding_deliveries: { id: string; state: string } }>()
        .updateTable('forwarding_deliveries')
        .set({ state: 'sent' })
        .where('id', '=', row.id)
        .execute();
    }
  }

  async close(): Promise<void> {
    await this.app.close();
    await this.leaderboards.stop();
    await this.#desk.stop();
    await this.store.close();
  }
}
