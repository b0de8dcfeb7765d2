import type { Readable } from 'node:stream';
import { Sha256 } from '@pitwall/protocol';
import { ErrorBody, ModelList, UploadedModel } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Models } from '../../garage/index.js';
import { callerOf } from '../system/access.js';
import { description } from '../system/description.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';

const tags = ['models'];
const params = z.object({ hash: Sha256 });
const mediaTypes = ['application/octet-stream', 'application/gzip', 'application/x-gzip'];

/** Archives for cars: the pit crew uploads them, cars fetch them. */
export const modelRoutes =
  (models: Models): Routes =>
  (app) => {
    for (const type of mediaTypes) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
    app.post(
      '/api/v1/models',
      {
        config: { access: ['crew'] },
        schema: {
          tags,
          summary: 'Uploads a racer’s archive, as the body; the same again is the same model',
          consumes: mediaTypes,
          querystring: z.object({ name: UploadedModel.shape.name, description }),
          response: { 201: UploadedModel, 401: ErrorBody, 403: ErrorBody, 409: ErrorBody, 413: ErrorBody },
        },
      },
      async (request, reply) => {
        const { name } = callerOf(request);
        const { name: called, description: said } = request.query;
        return reply.code(201).send(await models.keep(called, request.body as Readable, name, said));
      },
    );
    app.get(
      '/api/v1/models',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'What was uploaded, the newest first', response: { 200: ModelList } },
      },
      async () => ({ models: await models.list() }),
    );
    app.get(
      '/api/v1/models/:hash',
      {
        config: { access: ['car', 'crew'] },
        schema: {
          tags,
          summary: 'The archive, for a car or the pit crew',
          produces: ['application/gzip'],
          params,
          response: { 401: ErrorBody, 403: ErrorBody, 404: ErrorBody },
        },
      },
      async (request, reply) => {
        const { bytes, stream } = await models.read(request.params.hash);
        reply.header('content-type', 'application/gzip').header('content-length', bytes);
        return sendRaw(reply, stream);
      },
    );
    app.delete(
      '/api/v1/models/:hash',
      {
        config: { access: ['crew'] },
        schema: {
          tags,
          summary: 'Forgets an archive; cars keep their copies',
          params,
          response: { 204: z.null(), 401: ErrorBody, 403: ErrorBody },
        },
      },
      async (request, reply) => {
        await models.delete(request.params.hash);
        return reply.code(204).send(null);
      },
    );
  };
