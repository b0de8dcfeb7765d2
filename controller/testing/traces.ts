import Database from 'better-sqlite3';
import pg from 'pg';

/** A text as it stands in files and answers: plain, and within base64, at each of its three offsets. */
const writtenAs = (text: string): string[] => [
  text,
  ...[0, 1, 2].flatMap((offset) => {
    const bytes = Buffer.concat([Buffer.alloc(offset), Buffer.from(text)]);
    const whole = Math.floor(bytes.length / 3) * 4;
    return [bytes.toString('base64'), bytes.toString('base64url')].map((code) =>
      code.slice(offset === 0 ? 0 : 4, whole),
    );
  }),
];

/** Which of the words are in a text, however they are encoded there. */
export const tracesIn = (text: string, words: readonly string[]): string[] =>
  words.filter((word) => writtenAs(word).some((form) => text.includes(form)));

const asText = (rows: readonly object[]): string =>
  rows
    .map((row) =>
      JSON.stringify(row, (_key, value) =>
        value?.type === 'Buffer' ? Buffer.from(value.data).toString('latin1') : value,
      ),
    )
    .join('\n');

/** Every row of every table. */
export async function everythingIn(database: string): Promise<string> {
  if (!database.startsWith('postgres')) {
    const db = new Database(database, { readonly: true });
    const tables = db.prepare("select name from sqlite_master where type = 'table'").all() as { name: string }[];
    const rows = tables.flatMap(({ name }) => db.prepare(`select * from "${name}"`).all() as object[]);
    db.close();
    return asText(rows);
  }
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const { rows: tables } = await client.query("select tablename from pg_tables where schemaname = 'public'");
  let text = '';
  for (const { tablename } of tables) text += asText((await client.query(`select * from "${tablename}"`)).rows);
  await client.end();
  return text;
}
