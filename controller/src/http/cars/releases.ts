import type { Readable } from 'node:stream';
import { ErrorBody, ReleaseList } from '@pitwall/protocol/api';
import { Release, ReleaseName } from '@pitwall/protocol/messages';
import { z } from 'zod';
import type { Releases } from '../../garage/index.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';

const tags = ['cars'];
const refusals = { 401: ErrorBody, 403: ErrorBody };
const mediaTypes = ['application/octet-stream', 'application/gzip', 'application/x-gzip'];

/** Versions of the agent: the pit crew brings them, cars fetch them. */
export const releaseRoutes =
  (releases: Releases): Routes =>
  (app) => {
    for (const type of mediaTypes) app.addContentTypeParser(type, (_request, payload, done) => done(null, payload));
    app.post(
      '/api/v1/releases',
      {
        config: { access: ['crew'] },
        schema: {
          tags,
          summary:
            'Uploads a version of the agent for one kind of computer, as the body; the same again is the same version',
          consumes: mediaTypes,
          querystring: z.object({ signature: Release.shape.signature }),
          response: { 201: Release, 409: ErrorBody, 413: ErrorBody, ...refusals },
        },
      },
      async (request, reply) =>
        reply.code(201).send(await releases.add(request.body as Readable, request.query.signature)),
    );
    app.get(
      '/api/v1/releases',
      {
        config: { access: ['crew'] },
        schema: { tags, summary: 'The versions that cars can fetch', response: { 200: ReleaseList, ...refusals } },
      },
      async () => ({ releases: await releases.list() }),
    );
    app.get(
      '/api/v1/releases/:version/:architecture',
      {
        config: { access: ['car', 'crew'] },
        schema: {
          tags,
          summary: 'The archive, for a car or the pit crew; with `Range: bytes=N-` from there on (206)',
          produces: ['application/gzip'],
          params: ReleaseName,
          headers: z.object({
            range: z
              .string()
              .regex(/^bytes=\d{1,12}-$/)
              .optional(),
          }),
          response: { 206: z.unknown(), 404: ErrorBody, ...refusals },
        },
      },
      async (request, reply) => {
        const from = Number(/\d+/.exec(request.headers.range ?? '')?.[0] ?? 0);
        const { bytes, stream } = await releases.read(request.params, from);
        reply.header('content-type', 'application/gzip').header('content-length', bytes - from);
        if (from > 0) reply.code(206).header('content-range', `bytes ${from}-${bytes - 1}/${bytes}`);
        return sendRaw(reply, stream);
      },
    );
    app.delete(
      '/api/v1/releases/:version/:architecture',
      {
        config: { access: ['crew'] },
        schema: {
          tags,
          summary: 'Forgets a version; cars keep theirs',
          params: ReleaseName,
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        await releases.delete(request.params);
        return reply.code(204).send(null);
      },
    );
  };
