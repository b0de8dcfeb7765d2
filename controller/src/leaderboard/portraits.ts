import { createHash } from 'node:crypto';
import { PitwallError, Sha256 } from '@pitwall/protocol';
import type { StandingsRow } from '@pitwall/protocol/api';
import type { Kysely } from 'kysely';
import type { Store } from '../store/index.js';
import { isAmong } from './rows.js';
import type { LeaderboardTables } from './tables.js';

/** Pictures of racers, as they were written anew: in the database, beside whom they show. */
export class Portraits {
  readonly #store: Store;
  readonly #now: () => number;
  /** Grows with each change here: what was read before does not hold. */
  version = 0;

  constructor(store: Store, now: () => number) {
    this.#store = store;
    this.#now = now;
  }

  /** In the place of the one before. Answers its name. */
  async put(racer: string, bytes: Buffer): Promise<Sha256> {
    const hash = Sha256.parse(createHash('sha256').update(bytes).digest('hex'));
    const row = { hash, data: bytes.toString('base64'), at: this.#now() };
    await this.#db
      .insertInto('leaderboard_portraits')
      .values({ racer, ...row })
      .onConflict((conflict) => conflict.column('racer').doUpdateSet(row))
      .execute();
    this.version += 1;
    return hash;
  }

  async remove(racer: string): Promise<void> {
    await this.#db.deleteFrom('leaderboard_portraits').where('racer', '=', racer).execute();
    this.version += 1;
  }

  /** @throws PitwallError `not-found`, also of one that was replaced */
  async get(racer: string, hash: Sha256): Promise<Buffer> {
    const row = await this.#reading
      .selectFrom('leaderboard_portraits')
      .select('data')
      .where('racer', '=', racer)
      .where('hash', '=', hash)
      .executeTakeFirst();
    if (row === undefined) throw new PitwallError('not-found', `Racer ${racer} has no such picture.`);
    return Buffer.from(row.data, 'base64');
  }

  async hashOf(racer: string): Promise<Sha256 | undefined> {
    const row = await this.#reading
      .selectFrom('leaderboard_portraits')
      .select('hash')
      .where('racer', '=', racer)
      .executeTakeFirst();
    return row?.hash as Sha256 | undefined;
  }

  /** The rows, each with what its racer is known by on sight. */
  async beside(rows: readonly StandingsRow[]): Promise<StandingsRow[]> {
    const looks = await this.looksOf(rows.map(({ racer }) => racer));
    return rows.map((row) => ({ ...row, ...looks.get(row.racer) }));
  }

  /** Colours and names of pictures, of those who have either. */
  async looksOf(racers: readonly string[]): Promise<ReadonlyMap<string, { colour?: string; picture?: Sha256 }>> {
    if (racers.length === 0) return new Map();
    const known = await this.#reading
      .selectFrom('leaderboard_racers')
      .leftJoin('leaderboard_portraits', 'leaderboard_portraits.racer', 'leaderboard_racers.id')
      .select(['leaderboard_racers.id', 'leaderboard_racers.colour', 'leaderboard_portraits.hash'])
      .where(isAmong(this.#store, 'leaderboard_racers.id', [...new Set(racers)]))
      .execute();
    return new Map(
      known.map(({ id, colour, hash }) => [
        id,
        { ...(colour === null ? {} : { colour }), ...(hash === null ? {} : { picture: hash as Sha256 }) },
      ]),
    );
  }

  get #db(): Kysely<LeaderboardTables> {
    return this.#store.as<LeaderboardTables>();
  }

  get #reading(): Kysely<LeaderboardTables> {
    return this.#store.reading<LeaderboardTables>();
  }
}
