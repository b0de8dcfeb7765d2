import { z } from 'zod';
import { Alias } from '../alias.js';
import { EpochMs, RacerId, Sha256, TrackId } from '../brand.js';

/** Files of other programs whose laps are taken: DREM's export of laps; the cloud simulator's metrics and its log. */
export const ImportKind = z.enum(['drem', 'deepracer-metrics', 'deepracer-simtrace']);
export type ImportKind = z.infer<typeof ImportKind>;

/** POST /api/v1/leaderboards/{id}/import: the file as the body, and in the query what it does not say itself. */
export const ImportQuery = z.object({
  /** Looks at the file and says what would become of it; nothing is written. */
  check: z
    .enum(['0', '1'])
    .default('0')
    .transform((given) => given === '1'),
  /** Who drove, by alias or id, where the file does not say. */
  racer: Alias.optional(),
  /** Of the file's tracks, as it calls them, the one that is taken; needed where it has several. */
  track: z.string().trim().min(1).max(100).optional(),
  /** On which of our tracks, where the board takes any. */
  course: TrackId.optional(),
  direction: z.enum(['clockwise', 'counter-clockwise']).optional(),
  /** When, where the file does not say. */
  drivenAt: z.coerce.number().pipe(EpochMs).optional(),
});
export type ImportQuery = z.infer<typeof ImportQuery>;

/** What became of an import, or would. */
export const ImportAnswer = z.object({
  kind: ImportKind,
  file: Sha256,
  /** False: it was only looked at. */
  written: z.boolean(),
  racers: z.array(
    z.object({
      alias: z.string(),
      /** Null: issued by the import. */
      racer: RacerId.nullable(),
      runs: z.number().int(),
      laps: z.number().int(),
    }),
  ),
  /** Of the file; `taken`: the one whose laps these are. */
  tracks: z.array(z.object({ track: z.string(), runs: z.number().int(), taken: z.boolean() })),
  /** How many results have come in now, were there already, and wait for a person. */
  outcomes: z.object({ accepted: z.number().int(), known: z.number().int(), held: z.number().int() }),
  /** What is left out, and why: the first hundred. */
  leftOut: z.array(z.string()),
});
export type ImportAnswer = z.infer<typeof ImportAnswer>;
