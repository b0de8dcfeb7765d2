import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Accounts, People } from '../accounts/index.js';
import { createApp, listen, pageRoutes, type Routes } from '../http/index.js';
import type { Config } from './config.js';
import type { Say, Started } from './running.js';

/** Where the built pages are. */
export const pagesFolder = fileURLToPath(new URL('../../web/dist/', import.meta.url));

/** How often an open door is mentioned, ms. */
const mentionEvery = 600_000;

interface Parts {
  readonly accounts: Accounts;
  readonly people: People;
  readonly routes: readonly Routes[];
  readonly role: 'all' | 'leaderboard';
  readonly logger: Logger;
  /** Ended before the requests that wait for it. */
  readonly endFirst?: () => Promise<void>;
}

/** Serves the API and the pages; answers the port that it got. */
export async function startWebServer(
  config: Config,
  { accounts, people, routes, role, logger, endFirst }: Parts,
  started: Started,
): Promise<number> {
  const app = await createApp({
    accounts,
    people,
    logger,
    ...(config.tls === undefined ? {} : { tls: config.tls }),
    routes: [...routes, pageRoutes(pagesFolder, role)],
  });
  started.add(() => app.close());
  if (endFirst !== undefined) started.add(endFirst);
  return await listen(app, { ...config.http, nextFree: config.nextfree });
}

const scheme = ({ tls }: Config): string => (tls === undefined ? 'http' : 'https');
const hostInUrl = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/** Where this controller is reached from elsewhere. */
export const publicUrl = (config: Config, port: number): string =>
  `${scheme(config)}://${hostInUrl(config.http.host)}:${port}`;

/** Where this controller is reached from its own machine. */
export function localUrl(config: Config, port: number): string {
  const any = config.http.host === '0.0.0.0' || config.http.host === '::';
  return `${scheme(config)}://${any ? '127.0.0.1' : hostInUrl(config.http.host)}:${port}`;
}

/** Says now, and now and then, that everything is open without TLS. Answers how to stop. */
export function mentionOpen(say: Say): () => void {
  const text = 'Open to the network without TLS (--insecure): tokens can be read on the way.';
  const now = () => say({ type: 'warning', text });
  now();
  const timer = setInterval(now, mentionEvery).unref();
  return () => clearInterval(timer);
}
