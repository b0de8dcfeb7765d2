import { Sha256 } from '@pitwall/protocol';
import { z } from 'zod';

/**
 * A backup is one tar file (POSIX ustar): `sealed.json`, the database, each file of the data folder under `files/`, and at its
 * end `contents.json`, without which it was cut short.
 */
export const entryNames = {
  sealed: 'sealed.json',
  database: 'database',
  files: 'files/',
  contents: 'contents.json',
} as const;

export const backupFormat = 'pitwall-backup/1';

export const Entry = z.strictObject({ name: z.string().min(1), bytes: z.int().nonnegative(), sha256: Sha256 });
export type Entry = z.infer<typeof Entry>;

/** What is in a backup, entry by entry. */
export const BackupContents = z.strictObject({
  format: z.literal(backupFormat),
  /** Which Pitwall made it. */
  pitwall: z.string(),
  made: z.iso.datetime(),
  engine: z.enum(['sqlite', 'postgres']),
  entries: z.array(Entry),
});
export type BackupContents = z.infer<typeof BackupContents>;

/** Names of content-addressed files: their bytes never change, and are no secret of this controller's. */
export const isBlobName = (name: string): boolean => /^[0-9a-f]{64}$/.test(name);

/** Where the database lies in a data folder whose configuration does not say. */
export const usualDatabase = 'pitwall.db';
