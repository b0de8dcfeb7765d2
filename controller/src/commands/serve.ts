import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type LeaderboardId, PitwallError } from '@pitwall/protocol';
import { Board } from '@pitwall/protocol/api';
import type { Command } from 'commander';
import { type Logger, pino } from 'pino';
import { Accounts } from '../accounts/index.js';
import { type Config, databaseOf, demandClosed, readConfig } from '../config.js';
import { type Destination, Forwarder, Outbox, openSigner } from '../forwarding/index.js';
import { createApp, leaderboardServiceRoutes, listen, outboxRoutes, pageRoutes } from '../http/index.js';
import { Leaderboards } from '../leaderboard/index.js';
import { allMigrations } from '../migrations.js';
import { openStore } from '../store/index.js';
import { secretFile } from './secrets.js';

/** What a running controller says of itself. */
export type Say = (
  line: { readonly type: 'ready' | 'warning' | 'forwarding' | 'stopped'; readonly text: string } & Record<
    string,
    unknown
  >,
) => void;

export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

const pages = fileURLToPath(new URL('../../web/dist/', import.meta.url));

/** How often an open door is mentioned, ms. */
const mentionEvery = 600_000;

/** Puts the parts of a controller together and starts them. What has started is stopped again where a later part fails. */
export async function serve(
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
    const leaderboards = new Leaderboards(store);
    stops.push(() => leaderboards.stop());
    const signer = await openSigner(join(config.data, 'source.key.json'));
    await leaderboards.keys.register(config.name, signer.publicJwk);
    for (const board of config.boards) await ensureBoard(leaderboards, board, config.name);

    const outbox = new Outbox(store, ['local', ...config.forwarding.map(({ name }) => name)]);
    const token = await secretFile(join(config.data, 'forwarding.token'), accounts, {
      name: config.name,
      role: 'source',
    });
    let port = config.http.port;
    const forwarder = new Forwarder({
      store,
      signer,
      destinations: [localDestination(config, () => port, token), ...config.forwarding.map(destinationOf)],
      log: (text) => say({ type: 'forwarding', text }),
    });
    const app = await createApp({
      accounts,
      logger,
      ...(config.tls === undefined ? {} : { tls: config.tls }),
      routes: [
        ...leaderboardServiceRoutes(leaderboards),
        outboxRoutes({ store, outbox, wake: () => forwarder.wake() }),
        pageRoutes(pages),
      ],
    });
    stops.push(() => app.close());
    port = await listen(app, { ...config.http, nextFree: config.nextfree });
    const url = `${config.tls === undefined ? 'http' : 'https'}://${hostInUrl(config.http.host)}:${port}`;
    forwarder.start();
    stops.push(() => forwarder.stop());

    if (open) {
      const mention = () =>
        say({ type: 'warning', text: 'Open to the network without TLS (--insecure): tokens can be read on the way.' });
      mention();
      const timer = setInterval(mention, mentionEvery).unref();
      stops.push(() => clearInterval(timer));
    }
    say({ type: 'ready', text: `Pitwall is at ${url}`, url, port });
    return { url, stop };
  } catch (error) {
    await stop();
    throw error;
  }
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

const hostInUrl = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/** This controller's own boards, over the same interface as any other's. */
function localDestination(config: Config, port: () => number, tokenFile: string): Destination {
  const any = config.http.host === '0.0.0.0' || config.http.host === '::';
  const host = any ? '127.0.0.1' : hostInUrl(config.http.host);
  return {
    name: 'local',
    url: () => `${config.tls === undefined ? 'http' : 'https'}://${host}:${port()}`,
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

interface ServeFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly data?: string;
  readonly database?: string;
  readonly name?: string;
  readonly role?: string;
  readonly host?: string;
  readonly port?: string;
  readonly mqttPort?: string;
  readonly nextFree?: boolean;
  readonly insecure?: boolean;
  readonly log?: string;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the controller: broker, race desk, timing, leaderboard and pages in one process')
    .option('--config <file>', 'YAML file; PITWALL_… variables and flags win over it')
    .option('--data <folder>', 'database, keys and secrets (default: pitwall-data)')
    .option('--database <where>', 'a SQLite file or postgres://…')
    .option('--name <name>', 'what this controller is called where its results go')
    .option('--role <role>', 'all, or leaderboard alone')
    .option('--host <host>', 'address of the HTTP server and the broker (default: 127.0.0.1)')
    .option('--port <port>', 'port of the HTTP server (default: 8080; 0: any free one)')
    .option('--mqtt-port <port>', 'port of the broker (default: 1883; 0: any free one)')
    .option('--next-free', 'where a port is in use, take the next free one and say so')
    .option('--insecure', 'allow listening beyond this machine without TLS')
    .option('--log <level>', 'debug, info, warn, error or silent')
    .option('--json', 'one JSON object a line')
    .action(async (flags: ServeFlags) => {
      const config = readConfig(flags.config, process.env, configFlags(flags));
      const say: Say = flags.json ? (line) => console.log(JSON.stringify(line)) : ({ text }) => console.log(text);
      const running = await serve(config, say);
      await untilAsked();
      await running.stop();
      say({ type: 'stopped', text: 'Pitwall has stopped.' });
    });
}

function configFlags({ config: _file, json: _json, host, port, mqttPort, nextFree, ...flags }: ServeFlags) {
  return {
    ...flags,
    ...(nextFree === undefined ? {} : { nextfree: nextFree }),
    http: { host, port },
    mqtt: { host, port: mqttPort },
  };
}

/** Resolves on the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilAsked(): Promise<void> {
  return new Promise((resolve) => {
    const asked = () => resolve();
    process.once('SIGINT', asked);
    process.once('SIGTERM', asked);
  });
}
