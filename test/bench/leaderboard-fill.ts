import Database from 'better-sqlite3';
import pg from 'pg';

/** A database as the benchmark fills it: straight in SQL, since a million results by HTTP would take ten minutes. */
export interface BenchDatabase {
  readonly engine: 'sqlite' | 'postgres';
  run(sql: string): Promise<void>;
  number(sql: string): Promise<number>;
  /** How long counting all that stand before a racer takes in plain SQL, ms: what the index is compared with. */
  plainPlace(board: string): Promise<number>;
  close(): Promise<void>;
}

export async function openDatabase(database: string): Promise<BenchDatabase> {
  if (!database.startsWith('postgres')) return sqlite(database);
  const client = new pg.Client({ connectionString: database });
  await client.connect();
  const number = async (sql: string) => Number(Object.values((await client.query(sql)).rows[0] ?? {})[0] ?? 0);
  return {
    engine: 'postgres',
    run: async (sql) => void (await client.query(sql)),
    number,
    plainPlace: (board) => plainPlace(number, board),
    close: () => client.end(),
  };
}

function sqlite(file: string): BenchDatabase {
  const db = new Database(file);
  db.pragma('busy_timeout = 60000');
  const number = async (sql: string) => Number(Object.values((db.prepare(sql).get() ?? {}) as object)[0] ?? 0);
  return {
    engine: 'sqlite',
    run: async (sql) => void db.exec(sql),
    number,
    plainPlace: (board) => plainPlace(number, board),
    close: async () => void db.close(),
  };
}

async function plainPlace(number: (sql: string) => Promise<number>, board: string): Promise<number> {
  const times: number[] = [];
  for (let index = 0; index < 5; index += 1) {
    const begun = process.hrtime.bigint();
    const middle = 7_000_000 + index * 12_000_000;
    await number(
      `select count(*) from leaderboard_standings where board = '${board}' and kind = 'physical' and score < ${middle}`,
    );
    times.push(Number(process.hrtime.bigint() - begun) / 1e6);
  }
  return times.sort((a, b) => a - b)[2] as number;
}

/** Brings the board to so many results, five for each racer, and its standings to what follows from them. */
export async function fill(db: BenchDatabase, board: string, size: number): Promise<void> {
  const have = await db.number(`select count(*) from leaderboard_results where board = '${board}'`);
  const racers = size / 5;
  const series =
    db.engine === 'postgres'
      ? `(select generate_series(${have}, ${size - 1}) as n) as numbers`
      : `(with recursive numbers(n) as (select ${have} union all select n + 1 from numbers where n < ${size - 1}) select n from numbers) as numbers`;
  const id =
    db.engine === 'postgres'
      ? `overlay(overlay(md5(n::text)::uuid::text placing '4' from 15) placing '8' from 20)`
      : `substr(h, 1, 8) || '-' || substr(h, 9, 4) || '-4' || substr(h, 14, 3) || '-8' || substr(h, 18, 3) || '-' || substr(h, 21, 12)`;
  const source =
    db.engine === 'postgres' ? series : `(select n, lower(hex(randomblob(16))) as h from ${series}) as numbers`;
  // Knuth's multiplicative hash spreads the times over a minute.
  const time = `7000000 + (n * 2654435761 % 60000000)`;
  const racer = `'racer-' || (n % ${racers})`;
  const hash = `'${'d'.repeat(64)}'`;
  const body = `'{"resultId":"' || id || '","racer":"' || racer || '","alias":"' || racer || '","country":"NL","finishedAt":1700000000000,"track":{"id":"reinvent","version":1,"direction":"counter-clockwise"},"rules":{"hash":"' || ${hash} || '","name":"Rules"},"model":null,"laps":[{"lap":1,"time":' || score || ',"uncertainty":50,"valid":true,"resets":0,"offTracks":0,"model":null}],"provenance":{"kind":"physical","source":"hall","race":"r1","gates":[{"gate":"start","uncertainty":50}],"car":"blue"}}'`;
  await db.run(
    `insert into leaderboard_results (board, result_id, revision, racer, kind, state, reasons, content_sha256, source, score, placing_ms, best_lap, uncertainty, finished_at, received_at, body)
     select '${board}', id, 1, racer, 'physical', 'counted', '[]', ${hash}, 'hall', score, score / 1000, score, 50, 1700000000000 + n, 1700000000000, ${body}
     from (select n, ${id} as id, ${racer} as racer, ${time} as score from ${source}) as filled`,
  );
  await db.run(`delete from leaderboard_standings where board = '${board}'`);
  await db.run(
    `insert into leaderboard_standings (board, racer, kind, seq, present, result_id, alias, country, division, score, best_lap, uncertainty, laps, finished_at, model_hash, model_name)
     select board, racer, kind, row_number() over (order by racer, kind), 1, result_id, racer, 'NL', null, score, best_lap, uncertainty, 1, finished_at, ${hash}, 'model'
     from (select *, row_number() over (partition by racer, kind order by placing_ms, finished_at, result_id) as place
           from leaderboard_results where board = '${board}' and state = 'counted') as ranked where place = 1`,
  );
  await db.run(
    `update leaderboard_boards set head = (select max(seq) from leaderboard_standings where board = '${board}') where id = '${board}'`,
  );
  await db.run('analyze');
  // What would come on its own in the minutes after such a load, at any moment of the measurement.
  if (db.engine === 'postgres') for (const chore of ['vacuum', 'checkpoint']) await db.run(chore);
}
