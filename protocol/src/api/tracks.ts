import { z } from 'zod';
import { TrackId } from '../brand.js';
import { TrackDescription } from '../track/index.js';

const line = z.array(z.tuple([z.number(), z.number()])).min(3);

/**
 * GET /api/v1/tracks/{id}: a track as a map. Points are x, y in metres in the track's own frame, the one that telemetry's
 * poses are in; closed, in driving order, not repeated at the end; point 0 of each is on the start line.
 */
export const TrackOutline = z.object({
  track: TrackId,
  name: z.string(),
  lengthM: z.number().positive(),
  /** Mean width. */
  widthM: z.number().positive(),
  /** The way the points run; a race may go the other way round. */
  direction: z.enum(['clockwise', 'counter-clockwise']),
  description: TrackDescription,
  outline: z.object({ centre: line, inner: line, outer: line }),
});
export type TrackOutline = z.infer<typeof TrackOutline>;

/** GET /api/v1/tracks */
export const TrackList = z.object({ tracks: z.array(TrackOutline.pick({ track: true, name: true, lengthM: true })) });
export type TrackList = z.infer<typeof TrackList>;
