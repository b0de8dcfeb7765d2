import { RacerId } from '@pitwall/protocol';
import { DeleteAccount, ErrorBody } from '@pitwall/protocol/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { People } from '../../accounts/index.js';
import type { PersonalData } from '../../personal-data/index.js';
import { callerOf } from '../system/access.js';
import { originOf } from '../system/auth.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';
import { visitorOf } from './visitor.js';

const tags = ['accounts'];
const params = z.object({ racer: RacerId });
const refusals = { 400: ErrorBody, 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody, 429: ErrorBody };
const tar = ['application/x-tar'];

/** What is kept of a person: as a file for them, and gone. */
export const personalDataRoutes =
  (people: People, personalData: PersonalData): Routes =>
  (app) => {
    const send = async (request: FastifyRequest, reply: FastifyReply, racer: string) => {
      const file = await personalData.export(racer);
      request.log.info({ racer, by: callerOf(request).name }, 'what is kept of a racer was exported');
      reply.header('content-type', tar[0]).header('cache-control', 'no-store');
      reply.header('content-disposition', `attachment; filename="pitwall-${racer}.tar"`);
      return sendRaw(reply, file);
    };
    app.get(
      '/api/v1/account/export',
      {
        config: { access: 'person', objects: 'one’s own' },
        schema: {
          tags,
          summary: 'Everything that is kept of who asks, as a tar file: account.json, and pictures and models as files',
          produces: tar,
          response: refusals,
        },
      },
      async (request, reply) => await send(request, reply, callerOf(request).name),
    );
    app.delete(
      '/api/v1/account',
      {
        config: { access: 'person', objects: 'one’s own' },
        schema: {
          tags,
          summary:
            'Deletes the own account for good: results stay under a neutral name; with password or passkey, or within ten minutes of signing in',
          body: DeleteAccount,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        const who = callerOf(request);
        const { password, passkey } = request.body;
        const shown = passkey === undefined ? undefined : { proof: passkey, origin: originOf(request) };
        await people.demandOwner(who, { password, passkey: shown }, visitorOf(request));
        await personalData.erase(who.name, who.name);
        request.log.info({ racer: who.name }, 'a racer was deleted');
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/api/v1/racers/:racer/export',
      {
        config: { access: ['administrator'] },
        schema: {
          tags,
          summary: 'Everything that is kept of a racer, with or without an account, for the one who asked for it',
          produces: tar,
          params,
          response: refusals,
        },
      },
      async (request, reply) => await send(request, reply, request.params.racer),
    );
    app.delete(
      '/api/v1/racers/:racer',
      {
        config: { access: ['administrator'] },
        schema: {
          tags,
          summary:
            'Deletes a racer who asked for it, with or without an account, for good: results stay under a neutral name',
          params,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        const { racer } = request.params;
        await personalData.erase(racer, callerOf(request).name);
        request.log.info({ racer, by: callerOf(request).name }, 'a racer was deleted');
        return reply.code(204).send(null);
      },
    );
  };
