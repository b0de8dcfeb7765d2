import { createHash } from 'node:crypto';
import { allMigrations } from '@pitwall/controller/migrations';
import { openStore } from '@pitwall/controller/store';
import { Board, EventSetup, OnlineSetup, Season } from '@pitwall/protocol/api';
import { type Kysely, sql } from 'kysely';

export const sizes = { accounts: 10_000, events: 500, submissions: 50_000, seasons: 10 } as const;
const perRace = sizes.submissions / sizes.events;
const hash = 'd'.repeat(64);
const day = 86_400_000;
const countries = ['NL', 'DE', 'ES', 'JP', 'US', 'BR', 'KE', 'IN', null] as const;

export const racerOf = (number: number): string => `r-${number.toString(36).padStart(10, '0')}`;
export const eventOf = (number: number): string => `event-${number}`;
export const raceOf = (number: number): string => `race-${number}`;

/** As a UUID of version 4 is written. */
function idOf(text: string): string {
  const hex = createHash('md5').update(text).digest('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20)}`;
}

type Row = Record<string, string | number | boolean | null>;

/** A controller's database after some years: straight into its tables, since signing ten thousand people up takes half an hour of argon2id. */
export async function fill(database: string, now: number): Promise<void> {
  const store = await openStore(database, allMigrations);
  const db = store.as<Record<string, Row>>();
  const isPostgres = store.engine === 'postgres';
  await db.transaction().execute(async (transaction) => {
    const put = async (table: string, rows: readonly Row[]) => await insert(transaction, table, rows);
    await put(
      'leaderboard_racers',
      numbers(sizes.accounts).map((number) => racer(number, now)),
    );
    await put(
      'people',
      numbers(sizes.accounts).map((number) => person(number, isPostgres)),
    );
    for (const number of numbers(sizes.events)) await putEvent(put, number, now);
    const races = (first: number) =>
      numbers(10).map((race) => ({ leaderboard: raceOf(first + race), column: 'virtual' }));
    await put(
      'leaderboard_seasons',
      numbers(sizes.seasons).map((number) => {
        const season = {
          id: `season-${number}`,
          name: `Season ${number}`,
          races: races(number * 10),
          points: [25, 18, 15, 12, 10],
        };
        return { id: season.id, settings: JSON.stringify(Season.parse(season)) };
      }),
    );
  });
  // What would come on its own in the minutes after such a load.
  await sql`analyze`.execute(db);
  await store.close();
}

const numbers = (count: number): number[] => Array.from({ length: count }, (_, number) => number);

function racer(number: number, now: number): Row {
  const alias = `Racer ${number}`;
  const country = countries[number % countries.length] ?? null;
  const key = alias.toLowerCase();
  return { id: racerOf(number), alias, alias_key: key, alias_look: alias, country, created_at: now - 900 * day };
}

function person(number: number, isPostgres: boolean): Row {
  const at = new Date(1_700_000_000_000).toISOString();
  return {
    ...{ id: `person-${number}`, racer: racerOf(number), alias: `Racer ${number}`, role: 'racer' },
    ...{
      email: `${racerOf(number)}@people.invalid`,
      email_verified: isPostgres ? false : 0,
      created_at: at,
      updated_at: at,
    },
  };
}

/** An event with an online race and its board; a hundred racers have sent a model each. */
async function putEvent(put: (table: string, rows: readonly Row[]) => Promise<void>, number: number, now: number) {
  const [event, race] = [eventOf(number), raceOf(number)];
  // Some are on, some come; most are over.
  const startsAt = now + (20 - number) * day;
  const endsAt = startsAt + 3 * day;
  const track = { id: number % 2 === 0 ? 'oval' : 'harbour', version: 1 };
  const setup = EventSetup.parse({
    ...{ name: `Event ${number}`, startsAt, endsAt, boards: [race] },
    program: [{ race, startsAt, endsAt }],
  });
  const online = OnlineSetup.parse({
    ...{
      kind: 'online',
      name: `Race ${number}`,
      opensAt: startsAt,
      closesAt: endsAt,
      track,
      rules: { name: 'Three laps', laps: 3 },
    },
  });
  const board = Board.parse({ id: race, name: `Race ${number}`, ranking: { by: 'best-lap' }, writers: ['pitwall'] });
  const made = { version: 1, created_at: startsAt, deleted_at: null };
  const owner = racerOf(0);
  await put('events', [
    {
      event,
      owner,
      command_id: `c-${event}`,
      setup: JSON.stringify(setup),
      hidden: 0,
      starts_at: startsAt,
      ends_at: endsAt,
      ...made,
    },
  ]);
  await put('event_races', [{ race, event }]);
  await put('event_boards', [{ board: race, event }]);
  await put('online_races', [
    {
      race,
      owner,
      command_id: `c-${race}`,
      setup: JSON.stringify(online),
      closes_at: endsAt,
      invitation: null,
      resets: 0,
      ...made,
    },
  ]);
  await put('leaderboard_boards', [{ id: race, settings: JSON.stringify(board), head: perRace, created_at: startsAt }]);
  const all = numbers(perRace).map((place) => submission(number, place, { startsAt, track }));
  for (const table of ['online_entries', 'submissions', 'leaderboard_results', 'leaderboard_standings'] as const)
    await put(
      table,
      all.map((rows) => rows[table]),
    );
}

interface Race {
  readonly startsAt: number;
  readonly track: { readonly id: string; readonly version: number };
}

/** One racer's model in one race, evaluated and ranked. */
function submission(event: number, place: number, { startsAt, track }: Race) {
  const race = raceOf(event);
  const number = (event * perRace + place * 37) % sizes.accounts;
  const [who, alias] = [racerOf(number), `Racer ${number}`];
  const id = idOf(`${race} ${who}`);
  const country = countries[number % countries.length] ?? null;
  // Knuth's multiplicative hash spreads the times over twenty seconds.
  const score = 7_000_000 + (((event * perRace + place) * 2_654_435_761) % 20_000_000);
  const finishedAt = startsAt + place * 1000;
  const model = `model-${number % 50}-v${event}`;
  const result = {
    ...{ resultId: id, revision: 1, withdrawn: false, racer: who, alias, finishedAt },
    ...(country === null ? {} : { country }),
    track: { ...track, direction: 'counter-clockwise' },
    rules: { hash, name: 'Three laps' },
    model: { hash, name: model },
    laps: [{ lap: 1, time: score, penalty: 0, uncertainty: 0, valid: true, resets: 0, offTracks: 0, model: hash }],
    provenance: { kind: 'virtual', source: 'pitwall', race, simulatorVersion: '1', seed: 0, checkpoint: '1' },
  };
  const ranked = { board: race, result_id: id, racer: who, kind: 'virtual', score, best_lap: score, uncertainty: 0 };
  return {
    online_entries: { race, racer: who, alias, country, entered_at: startsAt, removed_at: null, submissions: 1 },
    submissions: {
      ...{
        id,
        race,
        racer: who,
        model_hash: hash,
        model_name: model,
        bytes: 1000,
        submitted_at: finishedAt,
        job: '{}',
      },
      ...{ state: 'evaluated', turn: place, score, best_lap: score, done_at: finishedAt, published: 1 },
    },
    leaderboard_results: {
      ...ranked,
      ...{
        revision: 1,
        state: 'counted',
        reasons: '[]',
        content_sha256: hash,
        source: 'pitwall',
        placing_ms: Math.floor(score / 1000),
      },
      ...{ finished_at: finishedAt, received_at: finishedAt, body: JSON.stringify(result) },
      ...{
        race,
        track: track.id,
        track_version: track.version,
        direction: 'counter-clockwise',
        model_name: model,
        imported: 0,
      },
    },
    leaderboard_standings: {
      ...ranked,
      ...{ seq: place + 1, present: 1, alias, country, division: null, laps: 1, finished_at: finishedAt },
      ...{ model_hash: createHash('sha256').update(model).digest('hex'), model_name: model, imported: 0 },
    },
  };
}

/** As many at once as the engine takes parameters for. */
async function insert(db: Kysely<Record<string, Row>>, table: string, rows: readonly Row[]): Promise<void> {
  for (let from = 0; from < rows.length; from += 500)
    await db
      .insertInto(table)
      .values(rows.slice(from, from + 500) as never)
      .execute();
}
