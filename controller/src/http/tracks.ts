import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { PitwallError, parseJson, TrackId } from '@pitwall/protocol';
import { ErrorBody, TrackList, TrackOutline } from '@pitwall/protocol/api';
import { buildTrack, type ClosedPolyline, TrackDescription } from '@pitwall/protocol/track';
import { z } from 'zod';
import type { Routes } from './server.js';

const tags = ['tracks'];

/** The tracks that come with Pitwall. */
const ownTracks = dirname(fileURLToPath(import.meta.resolve('@pitwall/protocol/tracks/oval.json')));

/** x, y of each point, m, to the millimetre. */
function pointsOf({ points, count }: ClosedPolyline): [number, number][] {
  const at = (index: number): number => Math.round((points[index] ?? 0) * 1000) / 1000;
  return Array.from({ length: count }, (_, index) => [at(2 * index), at(2 * index + 1)]);
}

function outlineOf(description: TrackDescription): TrackOutline {
  const track = buildTrack(description);
  const { name, lengthM, widthM, direction, centre, inner, outer } = track;
  return {
    track: description.id,
    name,
    lengthM,
    widthM,
    direction,
    description,
    outline: { centre: pointsOf(centre), inner: pointsOf(inner), outer: pointsOf(outer) },
  };
}

/** Tracks as maps, from the descriptions in a folder. They are built when first asked for. */
export const trackRoutes =
  (folder: string = ownTracks): Routes =>
  (app) => {
    let built: ReadonlyMap<string, TrackOutline> | undefined;
    const tracks = (): ReadonlyMap<string, TrackOutline> => {
      built ??= new Map(
        readdirSync(folder)
          .filter((file) => file.endsWith('.json'))
          .sort()
          .map((file) => {
            const path = join(folder, file);
            const outline = outlineOf(parseJson(TrackDescription, readFileSync(path, 'utf8'), path, 'track-invalid'));
            return [outline.track, outline];
          }),
      );
      return built;
    };
    app.get('/api/v1/tracks', { schema: { tags, summary: 'All tracks', response: { 200: TrackList } } }, async () => ({
      tracks: [...tracks().values()].map(({ track, name, lengthM }) => ({ track, name, lengthM })),
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
        const outline = tracks().get(id);
        if (outline === undefined)
          throw new PitwallError('not-found', `There is no track ${id}; GET /api/v1/tracks lists them.`);
        return outline;
      },
    );
  };
