import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LeaderboardId, PitwallError } from '@pitwall/protocol';
import { Board } from '@pitwall/protocol/api';
import { type Logger, pino } from 'pino';
import { Accounts } from './accounts/index.js';
import { type Config, databaseOf, demandClosed } from './config.js';
import { type Destination, Forwarder, Outbox, openSigner } from './forwarding/index.js';
import { BlobStore, type ModelCheck, Models } from './garage/index.js';
import {
  controllerRoutes,
  createApp,
  leaderboardServiceRoutes,
  listen,
  pageRoutes,
  trackRoutes,
} from './http/index.js';
import { Leaderboards } from './leaderboard/index.js';
import { openLive } from './live-side.js';
import { allMigrations } from './migrations.js';
import { modelCheckOf, type Online, openOnline, openVisible } from './online-side.js';
import { secretFile } from './secrets.js';
import { openStore, type Store } from './store/index.js';
import { startTrack, type Track } from './track-side.js';

/** What a running controller says of itself: `ready` once everything answers, with its addresses. */
export type Say = (
  line: { readonly type: 'ready' | 'warning' | 'forwarding' | 'stopped'; readonly text: string } & Readonly<
    Record<string, unknown>
  >,
) => void;

export interface Running {
  readonly url: string;
  /** Of the broker; undefined where the leaderboard runs alone. */
  readonly mqtt: string | undefined;
  /** Ends everything in order; again it changes nothing. */
  stop(): Promise<void>;
}

const pages = fileURLToPath(new URL('../web/dist/', import.meta.url));

/** How often an open door is mentioned, ms. */
const mentionEvery = 600_000;

/** Puts the parts of a controller together and starts them. What has started is stopped again where a later part fails. */
export async function startController(
  config: Config,
  say: Say,
  logger: Logger = pino({ level: config.log }, pino.destination(2)),
): Promise<Running> {
  const { open } = demandClosed(config);
  const stops: (() => Promise<void> | void)[] = [];
  const stop = async () => {
    for (let last = stops.pop(); last !== undefined; last = stops.pop()) await last();
  };
  try {
    mkdirSync(config.data, { recursive: true });
    const store = await openStore(databaseOf(config), allMigrations);
    stops.push(() => store.close());
    const accounts = new Accounts(store);
    const leaderboards = new Leaderboards(store, { cards: await openSigner(join(config.data, 'cards.key.json')) });
    leaderboards.start();
    stops.push(() => leaderboards.stop());

    for (const board of config.boards) await ensureBoard(leaderboards, board, config.name);
    const visible = openVisible(config, store);
    const mayShow: Parameters<typeof leaderboardServiceRoutes>[1] = (board, viewer) =>
      visible.mayShowBoard(board, viewer);
    let routes = [...leaderboardServiceRoutes(leaderboards, mayShow), trackRoutes()];
    let port = config.http.port;
    let forwarder: Forwarder | undefined;
    let track: Track | undefined;
    let online: Online | undefined;
    let models: Models | undefined;
    let check: ModelCheck | undefined;
    if (config.role === 'all') {
      const outbox = new Outbox(store, ['local', ...config.forwarding.map(({ name }) => name)]);
      forwarder = await makeForwarder(config, { store, accounts, leaderboards, say, port: () => port });
      track = await startTrack(config, { store, accounts, outbox, logger });
      stops.push(track.stop);
      check = modelCheckOf(config, logger);
      models = new Models(store, new BlobStore(join(config.data, 'models')), check);
      await models.start();
      const sender = forwarder;
      const wake = () => sender.wake();
      online = openOnline(config, { store, visible, leaderboards, outbox, wake, check, logger });
      routes = controllerRoutes({ leaderboards, online, track, models, store, outbox, forwarder });
    }
    const app = await createApp({
      accounts,
      logger,
      ...(config.tls === undefined ? {} : { tls: config.tls }),
      routes: [...routes, pageRoutes(pages, config.role === 'leaderboard' ? 'leaderboard' : 'all')],
    });
    stops.push(() => app.close());
    // Before the requests that wait for it.
    stops.push(async () => await check?.stop());
    port = await listen(app, { ...config.http, nextFree: config.nextfree });
    if (forwarder !== undefined) {
      const sender = forwarder;
      sender.start();
      stops.push(() => sender.stop());
    }
    const url = `${scheme(config)}://${hostInUrl(config.http.host)}:${port}`;
    if (track !== undefined && models !== undefined) {
      const live = openLive(config, { track, models, accounts, http: localUrl(config, port), logger });
      live.start();
      stops.push(() => live.stop());
    }
    online?.start();
    stops.push(async () => await online?.stop());
    if (open) stops.push(mention(say));
    const mqtt = track?.url;
    say({
      type: 'ready',
      text: mqtt === undefined ? `Pitwall is at ${url}` : `Pitwall is at ${url}, its broker at ${mqtt}`,
      url,
      ...(mqtt === undefined ? {} : { mqtt }),
      pid: process.pid,
    });
    return { url, mqtt, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

const scheme = ({ tls }: Config): string => (tls === undefined ? 'http' : 'https');
const hostInUrl = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

function mention(say: Say): () => void {
  const text = 'Open to the network without TLS (--insecure): tokens can be read on the way.';
  const now = () => say({ type: 'warning', text });
  now();
  const timer = setInterval(now, mentionEvery).unref();
  return () => clearInterval(timer);
}

async function makeForwarder(
  config: Config,
  parts: { store: Store; accounts: Accounts; leaderboards: Leaderboards; say: Say; port: () => number },
): Promise<Forwarder> {
  const { store, accounts, leaderboards, say, port } = parts;
  const signer = await openSigner(join(config.data, 'source.key.json'));
  await leaderboards.keys.register(config.name, signer.publicJwk);
  const token = await secretFile(join(config.data, 'forwarding.token'), accounts, {
    name: config.name,
    role: 'source',
  });
  return new Forwarder({
    store,
    signer,
    destinations: [localDestination(config, port, token), ...config.forwarding.map(destinationOf)],
    log: (text) => say({ type: 'forwarding', text }),
  });
}

async function ensureBoard(
  leaderboards: Leaderboards,
  { id, name }: { id: LeaderboardId; name: string },
  writer: string,
): Promise<void> {
  try {
    await leaderboards.boards.create(
      Board.parse({ id, name, ranking: { by: 'best-lap' }, signatures: 'optional', writers: [writer] }),
    );
  } catch (error) {
    if (!(error instanceof PitwallError) || error.code !== 'board-exists') throw error;
  }
}

/** Where this controller is reached from its own machine. */
function localUrl(config: Config, port: number): string {
  const any = config.http.host === '0.0.0.0' || config.http.host === '::';
  return `${scheme(config)}://${any ? '127.0.0.1' : hostInUrl(config.http.host)}:${port}`;
}

/** This controller's own boards, over the same interface as any other's. */
function localDestination(config: Config, port: () => number, tokenFile: string): Destination {
  return {
    name: 'local',
    url: () => localUrl(config, port()),
    token: async () => readFileSync(tokenFile, 'utf8'),
    ...(config.tls === undefined ? {} : { trust: { ca: readFileSync(config.tls.cert, 'utf8'), anyName: true } }),
  };
}

const destinationOf = ({ name, url, token, ca }: Config['forwarding'][number]): Destination => ({
  name,
  url: () => url,
  token: async () => readFileSync(token, 'utf8'),
  ...(ca === undefined ? {} : { trust: { ca: readFileSync(ca, 'utf8'), anyName: false } }),
});
