import type { RacerId } from '@pitwall/protocol';
import { type Kysely, sql } from 'kysely';
import type { Store } from '../store/index.js';
import type { LeaderboardTables } from './tables.js';

const most = 20;

/** A pattern of what begins so. */
const prefix = (text: string): string => `${text.replace(/[\\%_]/g, '\\$&')}%`;

/**
 * Racers of a board whose alias begins with a text, whatever the capitals (SQLite knows those of ASCII; of other letters the
 * first is tried as a capital too), or whose id it is.
 */
export async function racersCalled(
  db: Kysely<LeaderboardTables>,
  engine: Store['engine'],
  board: string,
  name: string,
): Promise<{ racer: RacerId; alias: string }[]> {
  const text = name.normalize('NFC');
  const [first = '', ...rest] = text;
  const like = sql.raw(engine === 'postgres' ? 'ilike' : 'like');
  const begins = (begin: string) => sql<boolean>`alias ${like} ${prefix(begin)} escape '\\'`;
  const rows = await db
    .selectFrom('leaderboard_standings')
    .select(['racer', 'alias'])
    .distinct()
    .where('board', '=', board)
    .where('present', '=', 1)
    .where((to) =>
      to.or([to('racer', '=', text.toLowerCase()), begins(text), begins(`${first.toUpperCase()}${rest.join('')}`)]),
    )
    .orderBy('alias')
    .orderBy('racer')
    .limit(most)
    .execute();
  return rows as { racer: RacerId; alias: string }[];
}
