import { ControllerTerm, ErrorBody, FollowAsStandby, MakeBackup, StandbyState, Supersede } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { StandbyDoor } from '../../standby/index.js';
import { sendRaw } from './raw-body.js';
import type { Routes } from './server.js';

const tags = ['service'];
const standby = { access: ['standby'] } as const;

/** @param door what a standby is given of this controller */
export const standbyRoutes =
  (door: StandbyDoor): Routes =>
  (app) => {
    app.get(
      '/api/v1/controller',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'Which term of this controller’s this is', response: { 200: ControllerTerm } },
      },
      () => door.term(),
    );
    app.get(
      '/api/v1/standby',
      {
        config: { access: ['crew'] },
        schema: {
          tags,
          summary: 'Whether a standby follows, and how far it is behind',
          response: { 200: StandbyState },
        },
      },
      () => door.state(),
    );
    app.post(
      '/api/v1/standby/follow',
      {
        config: standby,
        schema: { tags, summary: 'Begins to follow', body: FollowAsStandby, response: { 409: ErrorBody } },
      },
      async (request, reply) => sendRaw(reply, await door.follow(request.body)),
    );
    app.get(
      '/api/v1/standby/rows',
      {
        config: standby,
        schema: {
          tags,
          summary: 'Rows of a table, some at a time',
          querystring: z.object({ capture: z.string(), table: z.string(), after: z.coerce.number().int() }),
          response: { 404: ErrorBody, 409: ErrorBody },
        },
      },
      async ({ query }, reply) => sendRaw(reply, door.rows(query.capture, query.table, query.after)),
    );
    app.get(
      '/api/v1/standby/changes',
      {
        config: standby,
        schema: {
          tags,
          summary: 'Rows that have changed after a change; what came before that is with the standby',
          querystring: z.object({ capture: z.string(), after: z.coerce.number().int().nonnegative() }),
          response: { 409: ErrorBody },
        },
      },
      async ({ query }, reply) => sendRaw(reply, await door.changes(query.capture, query.after)),
    );
    app.get(
      '/api/v1/standby/files',
      { config: standby, schema: { tags, summary: 'The files of the data folder, without its keys' } },
      async (_request, reply) => sendRaw(reply, await door.files()),
    );
    app.get(
      '/api/v1/standby/file',
      {
        config: standby,
        schema: {
          tags,
          summary: 'One of them',
          produces: ['application/octet-stream'],
          querystring: z.object({ path: z.string().min(1) }),
          response: { 404: ErrorBody },
        },
      },
      async ({ query }, reply) => {
        reply.header('content-type', 'application/octet-stream').header('cache-control', 'no-store');
        return sendRaw(reply, await door.file(query.path));
      },
    );
    app.post(
      '/api/v1/standby/secrets',
      {
        config: standby,
        schema: {
          tags,
          summary: 'The keys of this controller, sealed with the passphrase',
          body: MakeBackup,
          response: { 400: ErrorBody },
        },
      },
      async (request, reply) => {
        reply.header('content-type', 'application/json').header('cache-control', 'no-store');
        return sendRaw(reply, await door.secrets(request.body.passphrase));
      },
    );
    app.post(
      '/api/v1/standby/supersede',
      {
        config: standby,
        schema: {
          tags,
          summary: 'The standby was promoted: this controller ends, and races no more',
          body: Supersede,
          response: { 200: z.object({ superseded: z.boolean() }) },
        },
      },
      async (request) => ({ superseded: await door.supersede(request.body.term, request.body.url) }),
    );
  };
