import { PitwallError, RacerId, Sha256 } from '@pitwall/protocol';
import { ErrorBody, Portrait, portraitLimits, Racer, RacerLooks } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Leaderboards } from '../../leaderboard/index.js';
import { portraitOf } from '../../pictures/index.js';
import { callerOf } from '../system/access.js';
import { sendRaw } from '../system/raw-body.js';
import type { Routes } from '../system/server.js';

const tags = ['racers'];
const mediaTypes = ['application/octet-stream', 'image/png', 'image/jpeg', 'image/webp'];
const refusals = { 401: ErrorBody, 403: ErrorBody };

/** Pictures of racers: their own to send and take away, an organizer's to take away. */
export const portraitRoutes =
  ({ portraits, racers, visibility }: Leaderboards): Routes =>
  (app) => {
    app.addContentTypeParser(
      mediaTypes,
      { parseAs: 'buffer', bodyLimit: portraitLimits.bytes },
      (_request, payload, done) => done(null, payload),
    );
    app.put(
      '/api/v1/account/picture',
      {
        config: { access: ['racer'], objects: 'one’s own' },
        bodyLimit: portraitLimits.bytes,
        schema: {
          tags,
          summary:
            'Shows a picture of the caller beside their name: PNG, JPEG or WebP, the file as the body; its pixels alone are kept',
          consumes: mediaTypes,
          response: { 200: Portrait, 409: ErrorBody, 413: ErrorBody, ...refusals },
        },
      },
      async (request) => {
        const { racer } = await racers.get(callerOf(request).name);
        if (await visibility.isHidden(racer))
          throw new PitwallError(
            'access-denied',
            'Your name is not shown to the crowd, and so no picture of you is either: ask the event’s organizer.',
          );
        const { body } = request;
        if (!Buffer.isBuffer(body)) throw new PitwallError('picture-invalid', 'Send the picture’s file as the body.');
        return { picture: await portraits.put(racer, await portraitOf(body)) };
      },
    );
    app.put(
      '/api/v1/account/looks',
      {
        config: { access: ['racer'], objects: 'one’s own' },
        schema: {
          tags,
          summary: 'Changes the caller’s country and colour; results keep the country that they came with',
          body: RacerLooks,
          response: { 200: Racer, 404: ErrorBody, ...refusals },
        },
      },
      async (request) => {
        const racer = await racers.setLooks(callerOf(request).name, request.body);
        portraits.version += 1;
        return racer;
      },
    );
    app.delete(
      '/api/v1/account/picture',
      {
        config: { access: ['racer'], objects: 'one’s own' },
        schema: { tags, summary: 'Takes the caller’s picture away', response: { 204: z.null(), ...refusals } },
      },
      async (request, reply) => {
        await portraits.remove(callerOf(request).name);
        return reply.code(204).send(null);
      },
    );
    app.delete(
      '/api/v1/racers/:racer/picture',
      {
        config: { access: ['organizer'] },
        schema: {
          tags,
          summary: 'Takes a racer’s picture away, as one that should not be seen',
          params: z.object({ racer: RacerId }),
          response: { 204: z.null(), ...refusals },
        },
      },
      async (request, reply) => {
        await portraits.remove(request.params.racer);
        return reply.code(204).send(null);
      },
    );
    app.get(
      '/api/v1/racers/:racer/picture/:hash',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'A racer’s picture',
          params: z.object({ racer: RacerId, hash: Sha256 }),
          response: { 404: ErrorBody },
        },
      },
      async (request, reply) => {
        const { racer, hash } = request.params;
        const picture = await portraits.get(racer, hash);
        // Kept by browsers for an hour, not for good: who takes a picture away wants it gone.
        reply.header('content-type', 'image/webp').header('cache-control', 'public, max-age=3600');
        reply.header('x-content-type-options', 'nosniff').header('content-security-policy', "default-src 'none'");
        return sendRaw(reply, picture);
      },
    );
  };
