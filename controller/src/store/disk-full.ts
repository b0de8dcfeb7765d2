/** SQLite's name for it, the kernel's, PostgreSQL's (class 53, `disk_full`). */
const codes: ReadonlySet<unknown> = new Set(['SQLITE_FULL', 'ENOSPC', '53100']);

/** Whether what could not be written found no room. */
export const isDiskFull = (error: unknown): boolean => codes.has((error as { code?: unknown }).code);
