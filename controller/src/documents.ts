import { pino } from 'pino';
import type { Accounts } from './accounts/index.js';
import {
  createApp,
  leaderboardServiceRoutes,
  liveRoutes,
  metricsRoutes,
  outboxRoutes,
  raceRoutes,
  trackRoutes,
} from './http/index.js';
import { Leaderboards } from './leaderboard/index.js';
import { openStore } from './store/index.js';

/** The OpenAPI document of everything a controller answers, from the schemas of its routes; nothing is listened on. */
export async function openApiDocument(): Promise<object> {
  const nothing = {} as never;
  const store = await openStore(':memory:', []);
  const app = await createApp({
    accounts: nothing as Accounts,
    logger: pino({ level: 'silent' }),
    routes: [
      ...leaderboardServiceRoutes(new Leaderboards(store)),
      raceRoutes(nothing),
      liveRoutes(nothing),
      outboxRoutes(nothing),
      metricsRoutes(nothing),
      trackRoutes(),
    ],
  });
  try {
    return app.swagger();
  } finally {
    await app.close();
    await store.close();
  }
}
