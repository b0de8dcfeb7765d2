import { randomBytes } from 'node:crypto';
import { isPitwallError, neutralName, newRacerId, PitwallError, type RacerId } from '@pitwall/protocol';
import { aliasKeys } from '@pitwall/protocol/alias-skeleton';
import {
  type CardContent,
  isProvisional,
  type NewRacer,
  type ProvisionalRacer,
  type Racer,
  type RacerEvent,
  type RacerLooks,
  type UnnamedRacer,
} from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { lockBoard, saveHead } from './boards.js';
import { resultIn } from './candidate.js';
import { type CardSigner, cardType } from './cards.js';
import { historyRow } from './history-row.js';
import { Touches, writeStandings } from './standings-write.js';
import type { LeaderboardTables, RacerRow } from './tables.js';

export const racerOf = (row: RacerRow): Racer => ({
  racer: row.id as RacerId,
  alias: row.alias,
  ...(row.country === null ? {} : { country: row.country }),
  ...(row.division === null ? {} : { division: row.division }),
  ...(row.colour === null ? {} : { colour: row.colour }),
  mergedInto: row.merged_into as RacerId | null,
  createdAt: row.created_at as Racer['createdAt'],
});

/** Racers: ids are issued once, with a card; provisional ones are claimed or merged by staff. */
export class Racers {
  readonly #store: Store;
  readonly #now: () => number;
  readonly #committed: (board: string) => void;
  readonly #signer: CardSigner | undefined;

  constructor(store: Store, now: () => number, committed: (board: string) => void, signer: CardSigner | undefined) {
    this.#store = store;
    this.#now = now;
    this.#committed = committed;
    this.#signer = signer;
  }

  /** Without an alias, under the neutral name. @throws PitwallError `alias-taken`. */
  async issue(racer: UnnamedRacer, actor: string): Promise<Racer> {
    for (let tries = 0; ; tries += 1) {
      const id = newRacerId(randomBytes(10));
      const named = { ...racer, alias: racer.alias ?? neutralName(id) };
      try {
        return await this.#db.transaction().execute((db) => this.#insert(db, id, named, actor));
      } catch (error) {
        // Somebody has the neutral name of that id: another id.
        const isTaken = isPitwallError(error) && error.code === 'alias-taken';
        if (!isTaken || racer.alias !== undefined || tries > 40) throw error;
      }
    }
  }

  /** The racer's card: a compact JWS. @throws PitwallError `not-found`. */
  async card(id: string): Promise<string> {
    const { racer, alias, country, division, createdAt } = await this.get(id);
    if (isProvisional(racer) || this.#signer === undefined)
      throw new PitwallError('not-found', `${id} has no card: cards are for racers whose id was issued here.`);
    const content: CardContent = {
      racer,
      alias,
      ...(country === undefined ? {} : { country }),
      ...(division === undefined ? {} : { division }),
      issuedAt: createdAt,
    };
    return await this.#signer.sign(JSON.stringify(content), cardType);
  }

  /** Public keys that verify cards. */
  issuers(): CardSigner['publicJwk'][] {
    return this.#signer === undefined ? [] : [this.#signer.publicJwk];
  }

  /** @throws PitwallError `not-found`. */
  async get(id: string): Promise<Racer> {
    return racerOf(await this.#row(this.#reading, id));
  }

  /** Who has the alias, whatever its capitals. */
  async find(alias: string): Promise<Racer | undefined> {
    const row = await this.#reading
      .selectFrom('leaderboard_racers')
      .selectAll()
      .where('alias_key', '=', aliasKeys(alias).key)
      .executeTakeFirst();
    return row === undefined ? undefined : racerOf(row);
  }

  /** Results keep the country that they came with. @throws PitwallError `not-found`. */
  async setLooks(id: string, { country, colour }: RacerLooks): Promise<Racer> {
    await this.#db.updateTable('leaderboard_racers').set({ country, colour }).where('id', '=', id).execute();
    return await this.get(id);
  }

  async history(id: string): Promise<RacerEvent[]> {
    await this.#row(this.#reading, id);
    const rows = await this.#reading
      .selectFrom('leaderboard_racer_history')
      .select(['action', 'actor', 'at', 'other'])
      .where('racer', '=', id)
      .orderBy('at')
      .execute();
    return rows.map(({ action, actor, at, other }) => ({ action, by: actor, at, other }) as RacerEvent);
  }

  /** Provisional racers whose results wait: what they were called, and how many results there are. */
  async provisional(ofBoard: (board: string) => Promise<boolean> = async () => true): Promise<ProvisionalRacer[]> {
    const rows = await this.#reading
      .selectFrom('leaderboard_results')
      .select(['racer', 'source', 'board'])
      .select((to) => [to.fn.countAll<number>().as('results'), to.fn.max('body').as('body')])
      .where('state', '=', 'held')
      .where('racer', 'like', 'p-%')
      .groupBy(['racer', 'source', 'board'])
      .orderBy('racer')
      .execute();
    const found = new Map<string, ProvisionalRacer>();
    for (const { racer, source, board, results, body } of rows) {
      if (!isProvisional(racer) || !(await ofBoard(board))) continue;
      const key = `${racer} ${source}`;
      const { alias } = found.get(key) ?? resultIn(body);
      const all = (found.get(key)?.results ?? 0) + Number(results);
      found.set(key, { racer: racer as RacerId, alias, source, results: all });
    }
    return [...found.values()];
  }

  /** A provisional racer becomes an issued one, with all results. @throws PitwallError `alias-taken`, `racer-merged`. */
  async claim(provisional: string, racer: NewRacer, actor: string): Promise<Racer> {
    const issued = await this.#db.transaction().execute(async (db) => {
      const created = await this.#insert(db, newRacerId(randomBytes(10)), racer, actor);
      await this.#join(db, provisional, created.racer, actor);
      return created;
    });
    await this.#moveResults(provisional, issued.racer, actor);
    return issued;
  }

  /**
   * A provisional racer turns out to be an issued one, who gets all results, those that still come too. Given again it
   * goes on where it was interrupted. @throws PitwallError `not-found`, `racer-merged`.
   */
  async merge(provisional: string, into: string, actor: string): Promise<Racer> {
    await this.#db.transaction().execute(async (db) => {
      // Writes first: a transaction that had read before could not write any more, had another process written.
      await this.#join(db, provisional, into, actor);
      const { merged_into } = await this.#row(db, into);
      if (merged_into !== null)
        throw new PitwallError('racer-merged', `${into} was merged into ${merged_into}; merge into that one.`);
    });
    await this.#moveResults(provisional, into, actor);
    return await this.get(into);
  }

  async #insert(
    db: Kysely<LeaderboardTables>,
    id: RacerId,
    { alias, country, division, colour }: NewRacer,
    actor: string,
  ): Promise<Racer> {
    const { key, look } = aliasKeys(alias);
    const row: RacerRow = {
      id,
      alias,
      alias_key: key,
      alias_look: look,
      country: country ?? null,
      division: division ?? null,
      colour: colour ?? null,
      merged_into: null,
      created_at: this.#now(),
    };
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('leaderboard_racers')
      .values(row)
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows !== 1n) {
      const taken = await db
        .selectFrom('leaderboard_racers')
        .select(['id', 'alias'])
        .where((to) => to.or([to('alias_key', '=', key), to('alias_look', '=', look)]))
        .executeTakeFirst();
      throw new PitwallError(
        'alias-taken',
        `The alias ${alias} cannot be told from ${taken?.alias ?? alias}, which belongs to racer ${taken?.id ?? 'unknown'}; choose another.`,
      );
    }
    await this.#remember(db, row.id, 'issued', actor, null);
    return racerOf(row);
  }

  async #join(db: Kysely<LeaderboardTables>, provisional: string, into: string, actor: string): Promise<void> {
    if (!isProvisional(provisional))
      throw new PitwallError(
        'racer-merged',
        `${provisional} is not provisional: ids that were issued stay as they are.`,
      );
    const { numInsertedOrUpdatedRows } = await db
      .insertInto('leaderboard_racers')
      .values({
        id: provisional,
        alias: provisional,
        alias_key: provisional,
        alias_look: provisional,
        country: null,
        division: null,
        colour: null,
        merged_into: into,
        created_at: this.#now(),
      })
      .onConflict((conflict) => conflict.doNothing())
      .executeTakeFirstOrThrow();
    if (numInsertedOrUpdatedRows === 0n) {
      const { merged_into } = await this.#row(db, provisional);
      if (merged_into === into) return;
      throw new PitwallError('racer-merged', `${provisional} was merged into ${merged_into} already.`);
    }
    await this.#remember(db, provisional, 'merged', actor, into);
    await this.#remember(db, into, 'absorbed', actor, provisional);
  }

  /** Board by board; results that come meanwhile find the merger and go to the right racer by themselves. */
  async #moveResults(from: string, into: string, actor: string): Promise<void> {
    const boards = await this.#db.selectFrom('leaderboard_boards').select('id').execute();
    for (const { id: board } of boards) {
      await this.#db.transaction().execute(async (db) => {
        const { head } = await lockBoard(db, board);
        const rows = await db
          .selectFrom('leaderboard_results')
          .selectAll()
          .where('board', '=', board)
          .where('racer', '=', from)
          .execute();
        const touches = new Touches();
        for (const row of rows) {
          const reasons = (JSON.parse(row.reasons) as string[]).filter((reason) => reason !== 'racer-provisional');
          const state = row.state === 'held' && reasons.length === 0 ? 'counted' : row.state;
          await db
            .insertInto('leaderboard_history')
            .values(historyRow(row, 'merged', actor, this.#now()))
            .execute();
          await db
            .updateTable('leaderboard_results')
            .set({ racer: into, state, reasons: JSON.stringify(reasons) })
            .where('board', '=', board)
            .where('result_id', '=', row.result_id)
            .execute();
          touches.taken(from, row.kind);
          touches.taken(into, row.kind);
        }
        const next = await writeStandings({ db, engine: this.#store.engine }, board, head, touches);
        if (next !== head) await saveHead(db, board, next);
      });
      this.#committed(board);
    }
  }

  async #remember(
    db: Kysely<LeaderboardTables>,
    racer: string,
    action: RacerEvent['action'],
    actor: string,
    other: string | null,
  ): Promise<void> {
    await db.insertInto('leaderboard_racer_history').values({ racer, action, actor, at: this.#now(), other }).execute();
  }

  async #row(db: Kysely<LeaderboardTables>, id: string): Promise<RacerRow> {
    const row = await db.selectFrom('leaderboard_racers').selectAll().where('id', '=', id).executeTakeFirst();
    if (row === undefined) throw new PitwallError('not-found', `No racer ${id} was issued here.`);
    return row;
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.as<LeaderboardTables>();
  }

  get #reading(): Kysely<LeaderboardTables> {
    return this.#store.reading<LeaderboardTables>();
  }
}
