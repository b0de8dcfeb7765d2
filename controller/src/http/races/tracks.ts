import { PitwallError, TrackId } from '@pitwall/protocol';
import { ErrorBody, TrackList, TrackOutline, UploadedTrack, UploadTrack } from '@pitwall/protocol/api';
import { z } from 'zod';
import { type Tracks, uploadLimits } from '../../tracks/index.js';
import { callerOf } from '../system/access.js';
import type { Routes } from '../system/server.js';

const tags = ['tracks'];
const mediaType = 'application/octet-stream';

/** Tracks as maps: those that come with Pitwall and those that organizers upload. */
export const trackRoutes =
  (tracks: Tracks): Routes =>
  (app) => {
    app.addContentTypeParser(mediaType, { parseAs: 'buffer', bodyLimit: uploadLimits.bytes }, (_request, body, done) =>
      done(null, body),
    );
    app.get(
      '/api/v1/tracks',
      {
        config: { access: 'everyone' },
        schema: { tags, summary: 'All tracks, each in its latest version', response: { 200: TrackList } },
      },
      async () => ({ tracks: await tracks.list() }),
    );
    app.get(
      '/api/v1/tracks/:id',
      {
        config: { access: 'everyone' },
        schema: {
          tags,
          summary: 'A track as a map: centre line and both borders',
          params: z.object({ id: TrackId }),
          querystring: z.object({ version: z.coerce.number().int().positive().optional() }),
          response: { 200: TrackOutline, 404: ErrorBody },
        },
      },
      async (request) => await tracks.outline(request.params.id, request.query.version),
    );
    app.post(
      '/api/v1/tracks',
      {
        config: { access: ['organizer'] },
        bodyLimit: uploadLimits.bytes,
        schema: {
          tags,
          summary:
            'Uploads a track’s file, as the body; the same again is the same track, another shape its next version',
          consumes: [mediaType],
          querystring: UploadTrack,
          response: {
            200: UploadedTrack,
            201: UploadedTrack,
            401: ErrorBody,
            403: ErrorBody,
            409: ErrorBody,
            413: ErrorBody,
          },
        },
      },
      async (request, reply) => {
        const { name } = callerOf(request);
        const { body } = request;
        if (!(body instanceof Uint8Array))
          throw new PitwallError('request-refused', `Send the track’s file as the body, as ${mediaType}.`);
        const answer = await tracks.upload(body, request.query, name);
        return reply.code(answer.kept ? 201 : 200).send(answer);
      },
    );
    app.delete(
      '/api/v1/tracks/:id',
      {
        config: { access: ['organizer'] },
        schema: {
          tags,
          summary:
            'Offers an uploaded track no more; races that name it keep it, and the same file again brings it back',
          params: z.object({ id: TrackId }),
          response: { 204: z.null(), 401: ErrorBody, 403: ErrorBody, 404: ErrorBody, 409: ErrorBody },
        },
      },
      async (request, reply) => {
        await tracks.remove(request.params.id);
        return reply.code(204).send(null);
      },
    );
  };
