import type { Readable } from 'node:stream';
import { PitwallError, RacerId, Sha256 } from '@pitwall/protocol';
import { ErrorBody, OwnEntries, OwnModel, OwnModels, UploadedModel } from '@pitwall/protocol/api';
import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { EventOwners } from '../../events/index.js';
import type { Models } from '../../garage/index.js';
import type { RaceDesk } from '../../race/index.js';
import { callerOf } from '../system/access.js';
import { isArchive } from '../system/archive-body.js';
import { description } from '../system/description.js';
import type { Routes } from '../system/server.js';

const tags = ['models'];
const mediaTypes = ['application/octet-stream', 'application/gzip', 'application/x-gzip'];
const refusals = { 400: ErrorBody, 403: ErrorBody, 409: ErrorBody, 413: ErrorBody };
const own = 'one’s own';

interface Sources {
  readonly desk: RaceDesk;
  readonly models: Models;
  readonly owners: Pick<EventOwners, 'isJoinable'>;
}

/** Models that belong to racers, and where they drive. */
export const ownModelRoutes =
  ({ desk, models, owners }: Sources): Routes =>
  (app) => {
    for (const type of mediaTypes) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
    app.post(
      '/api/v1/account/models',
      {
        config: { access: ['racer'], objects: own, hall: true },
        schema: {
          tags,
          summary:
            'Keeps a racer’s archive, as the body, after the checks that a car makes; again: it gets the new name',
          consumes: mediaTypes,
          querystring: z.object({ name: UploadedModel.shape.name, description }),
          response: { 201: OwnModel, ...refusals },
        },
      },
      async (request, reply) => {
        const racer = racerOf(request);
        if (!isArchive(request.body))
          throw new PitwallError('request-refused', 'The body is the model’s archive, as application/gzip.');
        const { name, description: said } = request.query;
        return reply.code(201).send(await models.keepFor(racer, name, request.body as Readable, said));
      },
    );
    app.get(
      '/api/v1/account/models',
      {
        config: { access: ['racer'], objects: own },
        schema: { tags, summary: 'The caller’s models, the newest first', response: { 200: OwnModels } },
      },
      async (request) => ({ models: await models.of(racerOf(request)) }),
    );
    app.delete(
      '/api/v1/account/models/:hash',
      {
        config: { access: ['racer'], objects: own, hall: true },
        schema: {
          tags,
          summary: 'The caller’s no more; races that it was entered in keep it',
          params: z.object({ hash: Sha256 }),
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        await models.forget(racerOf(request), request.params.hash);
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/api/v1/account/entries',
      {
        config: { access: ['racer'], objects: own },
        schema: {
          tags,
          summary: 'Races at the track and LIVE into which the caller has entered or may enter, and with which model',
          response: { 200: OwnEntries },
        },
      },
      async (request) => {
        const racer = racerOf(request);
        const entries: OwnEntries['entries'] = [];
        for (const { race, phase } of await desk.list()) {
          if (phase !== 'draft' && phase !== 'open') continue;
          const { setup, entries: all, entriesClosed } = await desk.state(race);
          const entry = all.find((one) => one.racer === racer);
          const isLive = setup.car === 'simulated';
          const mayEnter = !entriesClosed && (isLive ? phase === 'open' : await owners.isJoinable(race));
          if (entry === undefined && !mayEnter) continue;
          const model = entry?.models[0] ?? null;
          const kind = isLive ? 'live' : 'track';
          entries.push({ race, name: setup.name, kind, entered: entry !== undefined, model });
        }
        return { entries };
      },
    );
  };

function racerOf(request: FastifyRequest): RacerId {
  const racer = RacerId.safeParse(callerOf(request).name);
  if (!racer.success)
    throw new PitwallError('access-denied', 'Models belong to racers: this token is none of a racer.');
  return racer.data;
}
