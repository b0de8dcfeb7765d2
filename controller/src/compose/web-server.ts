import { fileURLToPath } from 'node:url';
import type { Logger } from 'pino';
import type { Accounts, People } from '../accounts/index.js';
import { createApp, listen, pageRoutes, type Routes, trustRoutes } from '../http/index.js';
import { type Config, isAnyHost } from './config.js';
import { hostInUrl, type Network } from './network.js';
import type { Say, Started } from './running.js';

/** Where what was built for browsers is. */
export const pageFolders = {
  pages: fileURLToPath(new URL('../../web/dist/', import.meta.url)),
  help: fileURLToPath(new URL('../../web/help/', import.meta.url)),
};

/** How often an open door is mentioned, ms. */
const mentionEvery = 600_000;

interface Parts {
  readonly accounts: Accounts;
  readonly people: People;
  readonly routes: readonly Routes[];
  readonly role: 'all' | 'leaderboard';
  readonly network: Network;
  readonly logger: Logger;
  /** Ended before the requests that wait for it. */
  readonly endFirst?: () => Promise<void>;
}

/** Serves the API and the pages; answers the port that it got. */
export async function startWebServer(
  config: Config,
  { accounts, people, routes, role, network, logger, endFirst }: Parts,
  started: Started,
): Promise<number> {
  const app = await createApp({
    accounts,
    people,
    logger,
    tls: network.certificate,
    routes: [...routes, trustRoutes(network.authority), pageRoutes(pageFolders, role)],
  });
  started.add(() => app.close());
  if (endFirst !== undefined) started.add(endFirst);
  return await listen(app, { ...config.http, nextFree: config.nextfree });
}

const scheme = ({ certificate }: Network): string => (certificate === undefined ? 'http' : 'https');

/** Where this controller is reached from elsewhere, by name or else by address. */
export const publicUrl = ({ http }: Config, network: Network, port: number): string =>
  `${scheme(network)}://${network.hostInLinks(http.host)}:${port}`;

/** The same by address alone; undefined where it is the same. */
export function addressUrl(config: Config, network: Network, port: number): string | undefined {
  const url = `${scheme(network)}://${network.addressInLinks(config.http.host)}:${port}`;
  return url === publicUrl(config, network, port) ? undefined : url;
}

/** Where this controller is reached from its own machine: without TLS. */
export const localUrl = ({ http }: Config, port: number): string =>
  `http://${isAnyHost(http.host) ? '127.0.0.1' : hostInUrl(http.host)}:${port}`;

/** Says now, and now and then, that everything is open without TLS. Answers how to stop. */
export function mentionOpen(say: Say): () => void {
  const text = 'Open to the network without TLS (--insecure): tokens can be read on the way.';
  const now = () => say({ type: 'warning', text });
  now();
  const timer = setInterval(now, mentionEvery).unref();
  return () => clearInterval(timer);
}
