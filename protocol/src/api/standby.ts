import { z } from 'zod';

/** What a standby says when it begins to follow. */
export const FollowAsStandby = z.strictObject({
  /** Which Pitwall it is: rows are copied between equal ones alone. */
  version: z.string().max(100),
  /** Where it will answer once it was promoted. */
  url: z.url({ protocol: /^https?$/ }),
});
export type FollowAsStandby = z.infer<typeof FollowAsStandby>;

export const StandbyBegins = z.object({
  capture: z.string(),
  tables: z.array(z.string()),
  schema: z.string(),
  /** The last change that there was. */
  at: z.int().nonnegative(),
  term: z.int().positive(),
  name: z.string(),
});

const RowChange = z.object({
  table: z.string(),
  row: z.int(),
  values: z.record(z.string(), z.union([z.string(), z.number(), z.null()])).nullable(),
});

export const StandbyRows = z.object({ rows: z.array(RowChange), more: z.boolean() });
export const StandbyChanges = z.object({
  to: z.int().nonnegative(),
  last: z.int().nonnegative(),
  changes: z.array(RowChange),
});
export const StandbyFiles = z.object({
  files: z.array(z.object({ path: z.string().min(1), bytes: z.int().nonnegative(), changed: z.number() })),
  secrets: z.string(),
});

/** A standby was promoted. */
export const Supersede = z.strictObject({ term: z.int().positive(), url: z.url({ protocol: /^https?$/ }) });

/** What anybody may know: which of two controllers of one name is the later one. */
export const ControllerTerm = z.object({ name: z.string(), term: z.int().positive() });

/** How a standby is. */
export const StandbyState = z.object({
  role: z.enum(['controller', 'standby']),
  term: z.int().positive(),
  /** A controller without a standby: null. */
  standby: z
    .object({
      /** Where it answers once it was promoted, or whom it follows. */
      url: z.string(),
      connected: z.boolean(),
      /** Changes that it does not have yet. */
      behind: z.int().nonnegative(),
      /** Seconds since it had everything; null where it never had. */
      seconds: z.number().nonnegative().nullable(),
    })
    .nullable(),
});
export type StandbyState = z.infer<typeof StandbyState>;
