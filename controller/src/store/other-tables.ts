import type { Kysely } from 'kysely';

/**
 * The same database, or the same transaction, with other tables. Each folder knows its own tables alone, and what belongs
 * into one transaction may be of several folders; Kysely's type of the tables is invariant, so that no sound assignment from one
 * to another exists. This is the only place that says so to the compiler.
 */
export const withTables = <Tables>(db: { readonly isTransaction: boolean }): Kysely<Tables> =>
  db as unknown as Kysely<Tables>;
