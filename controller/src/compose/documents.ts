import { pino } from 'pino';
import type { Accounts } from '../accounts/index.js';
import { controllerRoutes, createApp, type RouteAccess } from '../http/index.js';
import { Leaderboards } from '../leaderboard/index.js';
import { openStore } from '../store/index.js';

/** What describes everything that a controller answers over HTTP, from its routes; nothing is listened on. */
export interface RouteDocuments {
  readonly openApi: object;
  readonly access: readonly RouteAccess[];
}

/** Reads the routes' schemas, and who may ask them. */
export async function routeDocuments(): Promise<RouteDocuments> {
  // Routes are only described, never called: whatever they would use is an object without anything.
  const nothing = Object.create(null);
  const store = await openStore(':memory:', []);
  const app = await createApp({
    accounts: nothing as Accounts,
    logger: pino({ level: 'silent' }),
    routes: controllerRoutes({
      identity: { accounts: nothing, people: nothing, providers: nothing },
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
      recordings: nothing,
      moments: nothing,
      signer: nothing,
      machines: { enrolment: nothing, entrance: nothing, broker: nothing },
      models: nothing,
      tracks: nothing,
      events: {
        events: nothing,
        views: nothing,
        owners: nothing,
        clones: nothing,
        joining: nothing,
        show: nothing,
        pictures: nothing,
      },
      online: { visible: nothing, races: nothing, entries: nothing, submissions: nothing, evaluations: nothing },
      store,
      outbox: nothing,
      forwarder: nothing,
      backup: nothing,
      standby: nothing,
    }),
  });
  try {
    return { openApi: app.swagger(), access: app.routeAccess() };
  } finally {
    await app.close();
    await store.close();
  }
}
