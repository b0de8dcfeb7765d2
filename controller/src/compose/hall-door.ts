import type { Logger } from 'pino';
import type { Accounts, People } from '../accounts/index.js';
import { createApp, listen, pageRoutes, type Routes, trustRoutes } from '../http/index.js';
import type { Config } from './config.js';
import type { Network } from './network.js';
import type { Say, Started } from './running.js';
import { pageFolders } from './web-server.js';

interface Parts {
  readonly accounts: Accounts;
  /** With sessions of their own: what is overheard here opens nothing elsewhere. */
  readonly people: People;
  readonly routes: readonly Routes[];
  readonly network: Network;
  readonly logger: Logger;
}

/** Plain HTTP for phones in the hall, where the configuration wants it: to look, to join and to race. Answers its address. */
export async function startHallDoor(
  config: Config,
  { accounts, people, routes, network, logger }: Parts,
  { say, started }: { say: Say; started: Started },
): Promise<string | null> {
  const { hall } = config;
  if (hall === undefined) return null;
  const app = await createApp({
    accounts,
    people,
    logger,
    isHall: true,
    routes: [...routes, trustRoutes(network.authority), pageRoutes(pageFolders, 'all', true)],
  });
  started.add(() => app.close());
  const port = await listen(app, { ...hall, nextFree: config.nextfree });
  const url = `http://${network.hostInLinks(hall.host)}:${port}`;
  say({
    type: 'warning',
    text: `Phones in the hall join at ${url} over plain HTTP: who listens there reads aliases and can race as them until they are signed out. Staff and machines are not let in there.`,
  });
  return url;
}
