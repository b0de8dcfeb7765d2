import type { Readable } from 'node:stream';
import { isPitwallError, PitwallError, parse, RaceId, RacerId } from '@pitwall/protocol';
import { ChooseModel, ErrorBody } from '@pitwall/protocol/api';
import { Entry } from '@pitwall/protocol/race';
import { z } from 'zod';
import type { EventOwners } from '../../events/index.js';
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
  readonly owners: Pick<EventOwners, 'isJoinable'>;
}

interface Named {
  readonly name: string;
  readonly description?: string | undefined;
}

/** How racers enter by themselves with a model, until the entries are closed: LIVE races, and those at the track that their event opens. */
export const liveEntryRoutes =
  ({ desk, models, racers, owners }: Sources): Routes =>
  (app) => {
    const uploaded = async (isLive: boolean, archive: Readable, racer: RacerId, { name, description: said }: Named) => {
      if (!isLive) throw new PitwallError('request-refused', 'Upload the model to your account, and choose it here.');
      const { hash, name: called } = await models.keepFor(racer, name, archive, said);
      return { hash, name: called };
    };
    const chosen = async (body: unknown, racer: RacerId) => {
      const { model } = parse(ChooseModel, body, 'The entry');
      const found = (await models.of(racer)).find(({ hash }) => hash === model);
      if (found === undefined)
        throw new PitwallError('not-found', `${model.slice(0, 12)} is no model of yours: upload it first.`);
      return { hash: found.hash, name: found.name };
    };
    for (const type of archiveTypes) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
    app.post(
      '/api/v1/races/:race/entries',
      {
        config: { access: ['racer'], objects: 'oneself', hall: true },
        schema: {
          tags: ['races'],
          summary:
            'A racer enters a LIVE race with a model, its archive as the body or one uploaded before, and is queued; a race at the track with one uploaded before; again: another model',
          consumes: [...archiveTypes, 'application/json'],
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
        const isLive = await demandOpen(desk, race);
        const model = isArchive(request.body)
          ? await uploaded(isLive, request.body, racer, request.query)
          : await chosen(request.body, racer);
        const { entries } = await desk.state(race);
        const before = entries.find((other) => other.racer === racer);
        if (!isLive && before === undefined && !(await owners.isJoinable(race)))
          throw new PitwallError('race-refused', 'A marshal enters racers here; then choose the model again.');
        const { alias, country } = await racerAs(racers, racer);
        const known = country === undefined ? {} : { country };
        const entry = { ...known, racer, alias, car: null, ...before, models: [model] };
        await giveInAnyCase(desk, race, { type: before === undefined ? 'enter' : 'change-entry', entry }, name);
        const { queue, runs } = await desk.state(race);
        const waitsOrRan = [...queue, ...runs].some((one) => one.racer === racer);
        if (isLive && !waitsOrRan) await giveInAnyCase(desk, race, { type: 'queue', racer }, name);
        return reply.code(201).send(entry);
      },
    );
  };

/** Before anything is stored; answers whether it is LIVE. The desk decides again. */
async function demandOpen(desk: RaceDesk, race: RaceId): Promise<boolean> {
  const { setup, phase, entriesClosed } = await desk.state(race);
  const isLive = setup.car === 'simulated';
  if (phase !== 'open' && (isLive || phase !== 'draft'))
    throw new PitwallError('race-refused', `The race is ${phase}; racers enter while it is open.`);
  if (entriesClosed) throw new PitwallError('race-refused', 'The entries are closed.');
  return isLive;
}

/** As they are issued here, or by their id. */
async function racerAs(
  racers: Sources['racers'],
  racer: RacerId,
): Promise<{ alias: string; country?: string | undefined }> {
  try {
    return await racers.get(racer);
  } catch (error) {
    if (isPitwallError(error) && error.code === 'not-found') return { alias: racer };
    throw error;
  }
}
