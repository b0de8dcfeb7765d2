import { PitwallError, TrackId } from '@pitwall/protocol';
import { ErrorBody, TrackList, TrackOutline } from '@pitwall/protocol/api';
import { z } from 'zod';
import type { Routes } from '../system/server.js';
import { KnownTracks } from './known-tracks.js';

const tags = ['tracks'];

/** Tracks as maps. */
export const trackRoutes =
  (tracks: KnownTracks = new KnownTracks()): Routes =>
  (app) => {
    app.get('/api/v1/tracks', { schema: { tags, summary: 'All tracks', response: { 200: TrackList } } }, async () => ({
      tracks: tracks.all.map(({ track, name, lengthM }) => ({ track, name, lengthM })),
    }));
    app.get(
      '/api/v1/tracks/:id',
      {
        schema: {
          tags,
          summary: 'A track as a map: centre line and both borders',
          params: z.object({ id: TrackId }),
          response: { 200: TrackOutline, 404: ErrorBody },
        },
      },
      async (request) => {
        const { id } = request.params;
        const outline = tracks.find(id);
        if (outline === undefined)
          throw new PitwallError('not-found', `There is no track ${id}; GET /api/v1/tracks lists them.`);
        return outline;
      },
    );
  };
