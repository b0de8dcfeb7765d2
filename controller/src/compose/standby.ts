import { randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { setTimeout as wait } from 'node:timers/promises';
import { errorLine, isPitwallError, PitwallError, parse } from '@pitwall/protocol';
import { MakeBackup } from '@pitwall/protocol/api';
import { demandPassphrase } from '../backup/index.js';
import { ask, type OtherController, Standby, textOf } from '../standby/index.js';
import { engineOf, openStore } from '../store/index.js';
import { labelOf, namesOfThisMachine } from '../tls/index.js';
import { startAll } from './all.js';
import { type Config, databaseOf, doorsOf, isAnyHost } from './config.js';
import { allMigrations } from './migrations.js';
import { hostInUrl } from './network.js';
import { askOldMs, keyFile, promotedFile } from './own-term.js';
import type { Running, Say } from './running.js';
import { standbyPage } from './standby-page.js';
import { version } from './version.js';

const fenceEveryMs = 2000;

/** Where this controller will answer, for others. */
function urlOf(config: Config): string {
  const { http, names: own, name } = config;
  const scheme = doorsOf(config).closedBy === undefined ? 'http' : 'https';
  const { dns, addresses } = namesOfThisMachine(labelOf(name), own);
  const address = addresses.find((one) => one.includes('.') && !one.startsWith('127.')) ?? dns[0] ?? '127.0.0.1';
  return `${scheme}://${isAnyHost(http.host) ? (own[0] ?? address) : hostInUrl(http.host)}:${http.port}`;
}

/** Follows a controller until it is stopped, or promoted: then it is the controller, with everything that the other one was. */
export async function startStandby(config: Config, passphraseOf: () => Promise<string>, say: Say): Promise<Running> {
  const { data, standby: whom } = config;
  if (whom === undefined) throw new Error('nobody to follow');
  if (existsSync(promotedFile(data))) return await startPromoted(config, say);
  demandFolder(config);
  const passphrase = await passphraseOf();
  demandPassphrase(passphrase);
  mkdirSync(data, { recursive: true, mode: 0o700 });
  if (!existsSync(keyFile(data))) writeFileSync(keyFile(data), randomBytes(32).toString('base64url'), { mode: 0o600 });
  await (await openStore(databaseOf(config), allMigrations)).close();
  const standby = new Standby({
    primary: async () => primaryOf(whom),
    ...{ data, database: databaseOf(config), version, url: urlOf(config), passphrase },
    said: (state, why) =>
      say(
        state === 'follows'
          ? { type: 'follows', text: `The standby follows ${why}` }
          : { type: 'warning', text: `The standby does not follow: ${why}` },
      ),
  });
  let running: Running | undefined;
  let end: (error: Error) => void = () => undefined;
  const superseded = new Promise<Error>((resolve) => {
    end = resolve;
  });
  const become = async (given: string): Promise<number> => {
    await standby.stop();
    const term = await standby.promote(given);
    writeFileSync(promotedFile(data), JSON.stringify({ term }), { mode: 0o600, flush: true });
    rmSync(keyFile(data));
    // Who asked for it is answered over this connection yet; the port is free.
    server.close();
    running = await startPromoted(config, say);
    void running.superseded?.then(end);
    say({ type: 'promoted', text: `This is the controller now (term ${term}).`, term });
    return term;
  };
  let promoting: Promise<number> | undefined;
  const promote = async (given: string): Promise<number> => {
    if (promoting === undefined) await standby.demandReady(given);
    promoting ??= become(given);
    // Whatever it was, the process begins anew, as what its folder says by then.
    promoting.catch(end);
    return await promoting;
  };
  const server = createServer((request, response) => void answer(request, response, { data, standby, promote, say }));
  server.listen(config.http.port, '127.0.0.1');
  await once(server, 'listening');
  standby.start();
  const url = `http://127.0.0.1:${config.http.port}`;
  say({ type: 'ready', text: `Pitwall stands by for ${whom.url}; its lag: ${url}`, url, pid: process.pid });
  return {
    url,
    mqtt: undefined,
    superseded,
    stop: async () => {
      if (promoting === undefined) {
        server.close();
        await standby.stop();
        standby.close();
      } else await promoting.catch(() => undefined);
      await running?.stop();
    },
    makeSafe: async () => running?.makeSafe?.(),
  };
}

/** @throws PitwallError `standby-refused` */
function demandFolder(config: Config): void {
  if (config.http.port === 0)
    throw new PitwallError(
      'standby-refused',
      'A standby needs a port of its own, where it answers once it is promoted: name it with --port.',
    );
  if (engineOf(databaseOf(config)) !== 'sqlite')
    throw new PitwallError('standby-refused', 'A standby keeps its copy in SQLite: leave the database away.');
  if (!existsSync(keyFile(config.data)) && existsSync(databaseOf(config)))
    throw new PitwallError(
      'standby-refused',
      `${config.data} is a controller's: follow in a folder that is not there yet.`,
    );
}

function primaryOf({ url, token, ca }: NonNullable<Config['standby']>): OtherController {
  return {
    url,
    token: readFileSync(token, 'utf8').trim(),
    ca: ca === undefined ? undefined : readFileSync(ca, 'utf8'),
  };
}

/** The controller that a standby has become. The old one is told, first, and until it hears it: two would steer the same cars. */
async function startPromoted(config: Config, say: Say): Promise<Running> {
  const { standby: whom, data } = config;
  const { term } = JSON.parse(readFileSync(promotedFile(data), 'utf8')) as { term: number };
  const fencing = new AbortController();
  const tell = async () => whom === undefined || (await fence(primaryOf(whom), term, urlOf(config)));
  const told = await tell();
  const running = await startAll(config, say);
  const until = async (): Promise<void> => {
    while (!fencing.signal.aborted) {
      await wait(fenceEveryMs, undefined, { signal: fencing.signal, ref: false }).catch(() => undefined);
      if (fencing.signal.aborted || (await tell())) return;
    }
  };
  if (!told) void until();
  return {
    ...running,
    stop: async () => {
      fencing.abort();
      await running.stop();
    },
  };
}

/** Whether the old controller knows now. */
async function fence(old: OtherController, term: number, url: string): Promise<boolean> {
  try {
    await textOf(await ask(old, '/api/v1/standby/supersede', { body: { term, url }, timeout: askOldMs }));
    return true;
  } catch (error) {
    return isPitwallError(error) && error.code === 'controller-superseded';
  }
}

interface Parts {
  readonly data: string;
  readonly standby: Standby;
  readonly promote: (passphrase: string) => Promise<number>;
  readonly say: Say;
}

/** For who is at this machine: how far the copy is, and the promotion, for whoever may read the data folder. */
async function answer(request: IncomingMessage, response: ServerResponse, { data, standby, promote, say }: Parts) {
  const send = (status: number, body: unknown) => {
    response.writeHead(status, { 'content-type': 'application/json', 'cache-control': 'no-store' });
    response.end(JSON.stringify(body));
  };
  try {
    if (request.method === 'GET' && request.url === '/api/v1/standby') send(200, standby.state);
    else if (request.method === 'GET' && request.url === '/') {
      response.writeHead(200, { 'content-type': 'text/html; charset=utf-8', 'cache-control': 'no-store' });
      response.end(standbyPage(standby.state));
    } else if (request.method === 'POST' && request.url === '/api/v1/standby/promote') {
      demandKey(data, request.headers.authorization);
      const { passphrase } = parse(MakeBackup, JSON.parse(await text(request)), 'The body');
      send(200, { term: await promote(passphrase) });
    } else send(404, { error: { code: 'not-found', message: 'A standby has its page, and /api/v1/standby.' } });
  } catch (error) {
    if (!isPitwallError(error)) say({ type: 'warning', text: errorLine(error) });
    const known = isPitwallError(error)
      ? error
      : new PitwallError('internal-error', 'The standby could not do it; what it prints says why.');
    send(409, { error: known.toJSON() });
  }
}

function demandKey(data: string, authorization = ''): void {
  const key = Buffer.from(`Bearer ${readFileSync(keyFile(data), 'utf8')}`);
  const given = Buffer.from(authorization);
  if (given.length !== key.length || !timingSafeEqual(given, key))
    throw new PitwallError('access-unknown', 'Who promotes has to read the data folder of the standby.');
}

/** From another process of this machine: the standby on this folder becomes the controller. @throws PitwallError */
export async function promoteHere(config: Config, passphrase: () => Promise<string>): Promise<number> {
  let token: string;
  try {
    token = readFileSync(keyFile(config.data), 'utf8');
  } catch (cause) {
    throw new PitwallError('standby-refused', `${config.data} is no standby's data folder: name it with --data.`, {
      cause,
    });
  }
  const url = `http://127.0.0.1:${config.http.port}`;
  const answered = await ask({ url, token }, '/api/v1/standby/promote', {
    body: { passphrase: await passphrase() },
    timeout: 60_000,
  });
  return (JSON.parse(await textOf(answered)) as { term: number }).term;
}
