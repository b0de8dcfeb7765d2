import { z } from 'zod';

/** The shortest passphrase that seals the keys of a controller, characters. */
export const shortestPassphrase = 12;

/** What `POST /api/v1/backup` is asked. */
export const MakeBackup = z.strictObject({ passphrase: z.string().min(shortestPassphrase).max(1000) });
export type MakeBackup = z.infer<typeof MakeBackup>;
