import { type Kysely, type RawBuilder, sql } from 'kysely';
import type { LeaderboardTables } from './tables.js';

/** A transaction, and the engine it is on. */
export interface Writing {
  readonly db: Kysely<LeaderboardTables>;
  readonly engine: 'sqlite' | 'postgres';
}

/** So many travel in one statement at most. */
const together = 1000;

/**
 * Writes rows, all in one statement: they travel as one JSON text, so that the statement is short and always the same
 * one, and the database's own process does the rest. A row whose `key` is there takes the other's place.
 */
export async function writeRows<Table extends keyof LeaderboardTables & string>(
  { db, engine }: Writing,
  table: Table,
  rows: readonly LeaderboardTables[Table][],
  key: readonly (keyof LeaderboardTables[Table] & string)[] = [],
): Promise<void> {
  const [first] = rows;
  if (first === undefined) return;
  const columns = Object.keys(first as object).sort();
  const names = sql.join(columns.map((column) => sql.ref(column)));
  const others = columns.filter((column) => !(key as readonly string[]).includes(column));
  const replace =
    key.length === 0
      ? sql``
      : sql` on conflict (${sql.join(key.map((column) => sql.ref(column)))}) do update set ${sql.join(
          others.map((column) => sql`${sql.ref(column)} = ${sql.ref(`excluded.${column}`)}`),
        )}`;
  for (const some of chunks(rows, together)) {
    const values = some.map((row) => columns.map((column) => storable(row[column as keyof typeof row])));
    await sql`insert into ${sql.table(table)} (${names}) ${valuesIn(engine, table, columns, values)}${replace}`.execute(
      db,
    );
  }
}

/** Text that every database takes: no half of a character, no NUL. */
const storable = (value: unknown): unknown =>
  typeof value === 'string' ? Buffer.from(value).toString().replaceAll('\0', '\u{FFFD}') : value;

/** `column in (…)`, with the values as one parameter. */
export function isAmong({ engine }: Pick<Writing, 'engine'>, column: string, values: readonly string[]) {
  return engine === 'postgres'
    ? sql<boolean>`${sql.ref(column)} = any(${[...values]}::text[])`
    : sql<boolean>`${sql.ref(column)} in (select value from json_each(${JSON.stringify(values)}))`;
}

function valuesIn(
  engine: Writing['engine'],
  table: string,
  columns: readonly string[],
  values: readonly unknown[][],
): RawBuilder<unknown> {
  if (engine === 'sqlite') {
    const cells = columns.map((_column, index) => sql`value ->> ${sql.lit(index)}`);
    // "where true": or its parser would take "on conflict" for a join.
    return sql`select ${sql.join(cells)} from json_each(${JSON.stringify(values)}) where true`;
  }
  const objects = values.map((row) => Object.fromEntries(columns.map((column, index) => [column, row[index]])));
  const names = sql.join(columns.map((column) => sql.ref(column)));
  return sql`select ${names} from json_populate_recordset(null::${sql.table(table)}, ${JSON.stringify(objects)}::json)`;
}

function* chunks<T>(items: readonly T[], size: number): Generator<T[]> {
  for (let from = 0; from < items.length; from += size) yield items.slice(from, from + size);
}
