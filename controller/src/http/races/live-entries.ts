import type { Readable } from 'node:stream';
import { isPitwallError, PitwallError, RaceId, RacerId } from '@pitwall/protocol';
import { ErrorBody } from '@pitwall/protocol/api';
import { Entry } from '@pitwall/protocol/race';
import { z } from 'zod';
import type { Models } from '../../garage/index.js';
import type { Leaderboards } from '../../leaderboard/index.js';
import { giveInAnyCase, type RaceDesk } from '../../race/index.js';
import { callerOf } from '../system/access.js';
import { isArchive } from '../system/archive-body.js';
import { description } from '../system/description.js';
import type { Routes } from '../system/server.js';

const archiveTypes = ['application/gzip', 'application/x-gzip', 'application/octet-stream'];

interface Sources {
  readonly desk: RaceDesk;
  readonly models: Models;
  readonly racers: Leaderboards['racers'];
}

/** How racers enter a LIVE race by themselves, until its entries are closed. */
export const liveEntryRoutes =
  ({ desk, models, racers }: Sources): Routes =>
  (app) => {
    for (const type of archiveTypes) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
    app.post(
      '/api/v1/races/:race/entries',
      {
        config: { access: ['racer'], objects: 'oneself', hall: true },
        schema: {
          tags: ['races'],
          summary:
            'A racer enters a LIVE race with a model, its archive as the body, and is queued; again: another model',
          consumes: archiveTypes,
          params: z.object({ race: RaceId }),
          querystring: z.object({ name: z.string().trim().min(1).max(200).default('model'), description }),
          response: {
            201: Entry,
            400: ErrorBody,
            401: ErrorBody,
            403: ErrorBody,
            404: ErrorBody,
            409: ErrorBody,
            413: ErrorBody,
          },
        },
      },
      async (request, reply) => {
        const { name } = callerOf(request);
        const racer = RacerId.parse(name);
        const { race } = request.params;
        await demandOpen(desk, race);
        if (!isArchive(request.body))
          throw new PitwallError('request-refused', 'The body is the model’s archive, as application/gzip.');
        const { name: called, description: said } = request.query;
        const model = await models.keep(called, request.body as Readable, name, said);
        const { alias } = await aliasOf(racers, racer);
        const entry = { racer, alias, car: null, models: [{ hash: model.hash, name: model.name }] };
        const { entries } = await desk.state(race);
        const isKnown = entries.some((other) => other.racer === racer);
        await giveInAnyCase(desk, race, { type: isKnown ? 'change-entry' : 'enter', entry }, name);
        const { queue, runs } = await desk.state(race);
        const waitsOrRan = [...queue, ...runs].some((one) => one.racer === racer);
        if (!waitsOrRan) await giveInAnyCase(desk, race, { type: 'queue', racer }, name);
        return reply.code(201).send(entry);
      },
    );
  };

/** Before anything is stored. The desk decides again. */
async function demandOpen(desk: RaceDesk, race: RaceId): Promise<void> {
  const { setup, phase, entriesClosed } = await desk.state(race);
  if (setup.car !== 'simulated')
    throw new PitwallError('race-refused', 'Racers enter LIVE races by themselves; here a marshal enters them.');
  if (phase !== 'open') throw new PitwallError('race-refused', `The race is ${phase}; racers enter while it is open.`);
  if (entriesClosed) throw new PitwallError('race-refused', 'The entries are closed.');
}

/** As they are issued here, or by their id. */
async function aliasOf(racers: Sources['racers'], racer: RacerId): Promise<{ alias: string }> {
  try {
    return await racers.get(racer);
  } catch (error) {
    if (isPitwallError(error) && error.code === 'not-found') return { alias: racer };
    throw error;
  }
}
