import { pino } from 'pino';
import type { Accounts } from '../accounts/index.js';
import { controllerRoutes, createApp } from '../http/index.js';
import { Leaderboards } from '../leaderboard/index.js';
import { openStore } from '../store/index.js';

/** The OpenAPI document of everything a controller answers, from the schemas of its routes; nothing is listened on. */
export async function openApiDocument(): Promise<object> {
  // Routes are only described, never called: whatever they would use is an object without anything.
  const nothing = Object.create(null);
  const store = await openStore(':memory:', []);
  const app = await createApp({
    accounts: nothing as Accounts,
    logger: pino({ level: 'silent' }),
    routes: controllerRoutes({
      identity: { accounts: nothing, people: nothing },
      leaderboards: new Leaderboards(store),
      imports: nothing,
      track: {
        desk: nothing,
        cars: nothing,
        stops: nothing,
        clock: nothing,
        accounts: nothing,
        timing: nothing,
        manual: nothing,
      },
      models: nothing,
      tracks: nothing,
      online: { visible: nothing, races: nothing, entries: nothing, submissions: nothing, evaluations: nothing },
      store,
      outbox: nothing,
      forwarder: nothing,
    }),
  });
  try {
    return app.swagger();
  } finally {
    await app.close();
    await store.close();
  }
}
