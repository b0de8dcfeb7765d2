import { z } from 'zod';
import { TrackId } from '../brand.js';
import { TrackDescription } from '../track/index.js';

/*
 * Tracks over HTTP: those that come with Pitwall, and those that organizers uploaded.
 *
 *   GET  /api/v1/tracks                    → TrackList                                             anyone
 *   GET  /api/v1/tracks/{id}?version=      → TrackOutline; without a version the latest            anyone
 *   DELETE /api/v1/tracks/{id}             → 204: not offered any more; races that name it keep it organizer
 *   POST /api/v1/tracks?file=…             the file (application/octet-stream) → 201 UploadedTrack  organizer
 */

const line = z.array(z.tuple([z.number(), z.number()])).min(3);

/**
 * GET /api/v1/tracks/{id}: a track as a map. Points are x, y in metres in the track's own frame, the one that telemetry's
 * poses are in; closed, in driving order, not repeated at the end; point 0 of each is on the start line.
 */
export const TrackOutline = z.object({
  track: TrackId,
  /** Grows when the shape changes; a race is driven on one. */
  version: z.number().int().positive(),
  name: z.string(),
  /** By an organizer; the others come with Pitwall. */
  uploaded: z.boolean(),
  lengthM: z.number().positive(),
  /** Mean width. */
  widthM: z.number().positive(),
  /** The way the points run; a race may go the other way round. */
  direction: z.enum(['clockwise', 'counter-clockwise']),
  /** Null for a track that is lines, as a route (`.npy`) is. */
  description: TrackDescription.nullable(),
  outline: z.object({ centre: line, inner: line, outer: line }),
});
export type TrackOutline = z.infer<typeof TrackOutline>;

/** GET /api/v1/tracks: each in its latest version. */
export const TrackList = z.object({
  tracks: z.array(
    TrackOutline.pick({ track: true, version: true, name: true, uploaded: true, lengthM: true, widthM: true }),
  ),
});
export type TrackList = z.infer<typeof TrackList>;

/** Query of POST /api/v1/tracks: what the file does not say of itself. */
export const UploadTrack = z.object({
  /** Its name tells the track's where nothing else does; what it is, the content tells. */
  file: z.string().min(1).max(200),
  /** Absent: a file of ours says it, otherwise it is made from the file's name. */
  id: TrackId.optional(),
  name: z.string().trim().min(1).max(60).optional(),
  /** Of its lengths; absent: what the road's width tells. */
  unit: z.enum(['m', 'cm', 'mm', 'in', 'ft']).optional(),
  /** Of the road round a line without borders, m. */
  width: z.coerce.number().min(0.3).max(3).optional(),
  /** Close an open track with a straight, where the gap is small. */
  close: z.stringbool().default(false),
  /** Seed of light, textures and colours in the simulator; 0 is the cloud simulator's look. */
  look: z.coerce.number().int().min(0).max(0xffffffff).optional(),
  /** Only look at it, and keep nothing: also what cannot be raced on is drawn then. */
  check: z.stringbool().default(false),
});
export type UploadTrack = z.infer<typeof UploadTrack>;

/** What is to be said of an uploaded track. */
export const UploadedTrack = TrackOutline.extend({
  /** Whether it is kept: not after a mere look. */
  kept: z.boolean(),
  /** Across the road at the points of the centre line. */
  widths: z.object({ leastM: z.number(), mostM: z.number() }),
  /** Of the centre line, at its tightest bend. */
  tightestM: z.number().positive(),
  /** What was odd about the file and how it was read, a sentence each. */
  notes: z.array(z.string()),
  /** Why it cannot be raced on, a sentence each; never of a kept one. */
  faults: z.array(z.string()),
  /** Building rules of the physical league that it breaks, a sentence each: for those who lay it with tape. */
  violations: z.array(z.string()),
});
export type UploadedTrack = z.infer<typeof UploadedTrack>;
