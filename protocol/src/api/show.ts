import { z } from 'zod';
import { EpochMs, EventId, RaceId, Sha256 } from '../brand.js';

/*
 * What an event's screens show. Its staff are the organizer and whoever the event names: marshals, crew, commentators.
 *
 *   GET    /api/v1/events/{event}/show                 → EventShow                     anyone
 *   PUT    /api/v1/events/{event}/show                 DirectShow → EventShow          its staff
 *   GET    /api/v1/events/{event}/notes                → NoteList                      its staff
 *   POST   /api/v1/events/{event}/notes                WriteNote → NoteList            its staff
 *   DELETE /api/v1/events/{event}/notes/{note}         → NoteList                      its staff
 *   POST   /api/v1/events/{event}/pictures?name=       a picture → EventShow           its organizer
 *   GET    /api/v1/events/{event}/pictures/{hash}      → the picture                   anyone
 *   DELETE /api/v1/events/{event}/pictures/{hash}      → EventShow                     its organizer
 *
 * Over the WebSocket /api/v1/live: `follow-show`, answered with `show` at once and after each change.
 */

/**
 * What all screens of an event show. `auto`: each chooses by what happens. `run`: who drives, and the standings. `spotlight`: who has
 * finished last. `next`: who waits. `pictures`: those of the sponsors.
 */
export const Scene = z.enum(['auto', 'run', 'standings', 'laps', 'next', 'spotlight', 'podium', 'pictures', 'nothing']);
export type Scene = z.infer<typeof Scene>;

export const pictureTypes = ['image/png', 'image/jpeg', 'image/webp'] as const;
/** No picture is larger, in bytes, and none wider or higher, in pixels: a small computer draws it beside a race. */
export const pictureLimits = { bytes: 2 * 2 ** 20, pixels: 4096, count: 24 } as const;

export const ShowPicture = z.object({
  hash: Sha256,
  /** Whose it is: read to those who do not see it. */
  name: z.string(),
  type: z.enum(pictureTypes),
  width: z.number().int().positive(),
  height: z.number().int().positive(),
  /** Bytes. */
  size: z.number().int().positive(),
});
export type ShowPicture = z.infer<typeof ShowPicture>;

export const EventShow = z.object({
  event: EventId,
  scene: Scene,
  /** Of which race; null: the one that is on. */
  race: RaceId.nullable(),
  /** When that was asked for; null: never. */
  at: EpochMs.nullable(),
  pictures: z.array(ShowPicture),
});
export type EventShow = z.infer<typeof EventShow>;

export const DirectShow = z.object({ scene: Scene, race: RaceId.nullable().default(null) });
export type DirectShow = z.infer<typeof DirectShow>;

export const ShowNote = z.object({
  note: z.uuid(),
  /** What its writer is called. */
  by: z.string(),
  at: EpochMs,
  text: z.string(),
});
export type ShowNote = z.infer<typeof ShowNote>;

/** The latest first. */
export const NoteList = z.object({ notes: z.array(ShowNote) });
export type NoteList = z.infer<typeof NoteList>;

/** Idempotent by `note`. */
export const WriteNote = z.object({ note: z.uuid(), text: z.string().trim().min(1).max(500) });
export type WriteNote = z.infer<typeof WriteNote>;
