import { setImmediate as nextTurn } from 'node:timers/promises';
import { PitwallError, type RaceId } from '@pitwall/protocol';
import { type LogRecord, type RaceState, withoutNames } from '@pitwall/protocol/race';
import { type Kysely, sql, type Transaction } from 'kysely';
import { type Store, withTables } from '../../store/index.js';
import { Chain } from './chain.js';
import type { RaceTables } from './tables.js';

export interface RaceRow {
  readonly race: RaceId;
  readonly name: string;
  readonly phase: RaceState['phase'];
}

export type StrayRow = RaceTables['race_stray_crossings'];

/** Rows of one statement: SQLite takes 32,766 parameters. */
const chunk = 1000;

function* chunks<T>(rows: readonly T[]): Generator<T[]> {
  for (let from = 0; from < rows.length; from += chunk) yield rows.slice(from, from + chunk);
}

/** What a record has beside its event, as text. */
export const besideEvent = 300;

export interface StoredLog {
  readonly records: LogRecord[];
  /** As text. */
  readonly bytes: number;
}

/** Rows read at a time. */
const page = 2000;
/** As many take some milliseconds. */
const piece = 250;

type StoredRecord = Omit<RaceTables['race_log'], 'race'>;

/** All but its event. */
function recordAround(race: RaceId, row: StoredRecord): LogRecord {
  const { seq, boot_id, at, epoch, who, command_id, names, previous, hash } = row;
  return {
    race,
    seq,
    at: { bootId: boot_id, at },
    epoch,
    who,
    commandId: command_id,
    event: undefined as unknown,
    ...(names === null ? {} : { names }),
    previous,
    hash,
  } as LogRecord;
}

function recordOf(race: RaceId, row: StoredRecord, chain: Chain): LogRecord {
  const record = recordAround(race, row);
  chain.follow(record, row.event);
  record.event = JSON.parse(row.event);
  return record;
}

/** Some at a time: what was read once is of no use any more, and a long log is large. */
async function rowsAfter(db: Kysely<RaceTables>, race: RaceId, seq: number, limit: number) {
  return await db
    .selectFrom('race_log')
    .select(['seq', 'boot_id', 'at', 'epoch', 'who', 'command_id', 'event', 'names', 'previous', 'hash'])
    .where('race', '=', race)
    .where('seq', '>', seq)
    .orderBy('seq')
    .limit(limit)
    .execute();
}

const missingAfter = (race: RaceId, seq: number): PitwallError =>
  new PitwallError('log-invalid', `The log of race ${race} lacks what comes after record ${seq}.`, {
    details: { seq: seq + 1 },
  });

/** Somebody else wrote a record of that number: another process has the same race. */
export function isTaken(error: unknown): boolean {
  const code = (error as { code?: unknown }).code;
  return code === '23505' || (typeof code === 'string' && code.startsWith('SQLITE_CONSTRAINT'));
}

/** The logs of all races on disk. */
export class RaceLogs {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  async list(): Promise<RaceRow[]> {
    const rows = await this.#db.selectFrom('races').selectAll().orderBy('race').execute();
    return rows.map(({ race, name, phase }) => ({ race: race as RaceId, name, phase: phase as RaceRow['phase'] }));
  }

  /**
   * A race's whole log, oldest first; empty where there is no such race. Its chain is checked on the way, on what lies on
   * disk: what it proves was checked before it was written.
   * @throws PitwallError `log-invalid`.
   */
  async load(race: RaceId): Promise<StoredLog> {
    return await this.#read(race, 0, new Chain());
  }

  /** The records after one that is known, checked from there. @throws PitwallError `log-invalid`. */
  async loadAfter(last: LogRecord): Promise<StoredLog> {
    return await this.#read(last.race, last.seq, new Chain(last));
  }

  /** The hash of one record; undefined where there is none of that number. */
  async hashOf(race: RaceId, seq: number): Promise<string | undefined> {
    const row = await this.#db
      .selectFrom('race_log')
      .select('hash')
      .where('race', '=', race)
      .where('seq', '=', seq)
      .executeTakeFirst();
    return row?.hash;
  }

  async #read(race: RaceId, after: number, chain: Chain): Promise<StoredLog> {
    const records: LogRecord[] = [];
    let bytes = 0;
    for (;;) {
      const rows = await rowsAfter(this.#db, race, after + records.length, page);
      for (const row of rows) {
        records.push(recordOf(race, row, chain));
        bytes += besideEvent + row.event.length;
      }
      if (rows.length < page) return { records, bytes };
    }
  }

  /** The records up to `seq` in small pieces, between which others have their turn, checked on the way. @throws PitwallError `log-invalid`. */
  async *piecesUpTo(race: RaceId, seq: number): AsyncGenerator<StoredLog> {
    const chain = new Chain();
    for (let after = 0; after < seq; ) {
      const rows = await rowsAfter(this.#store.reading(), race, after, Math.min(piece, seq - after));
      if (rows.length === 0) throw missingAfter(race, after);
      const records = rows.map((row) => recordOf(race, row, chain));
      yield { records, bytes: rows.reduce((sum, { event }) => sum + besideEvent + event.length, 0) };
      after += rows.length;
    }
  }

  /** Every record by which the racer entered a race, or changed the entry. */
  async entriesOf(racer: string): Promise<LogRecord[]> {
    const found: LogRecord[] = [];
    const reading = this.#store.reading<RaceTables>();
    for (const { race } of await this.list()) {
      const last = reading.selectFrom('race_log').select((to) => to.fn.max('seq').as('seq'));
      const { seq: end } = await last.where('race', '=', race).executeTakeFirstOrThrow();
      // Piece by piece: whoever has something else to do meanwhile waits for one of them at most.
      for (let from = 0; from < end; from += page) {
        const rows = await reading
          .selectFrom('race_log')
          .select(['seq', 'boot_id', 'at', 'epoch', 'who', 'command_id', 'event', 'names', 'previous', 'hash'])
          .where('race', '=', race)
          .where('seq', '>', from)
          .where('seq', '<=', from + page)
          .where('event', 'like', '{"type":"entered",%')
          .where('event', 'like', `%"racer":"${racer}"%`)
          .orderBy('seq')
          .execute();
        for (const row of rows) found.push({ ...recordAround(race, row), event: JSON.parse(row.event) });
        await nextTurn();
      }
    }
    return found;
  }

  /** Takes the racer's names out of every log, and out of what was made of them to start from. Answers the records that have changed. */
  async eraseNames(racer: string): Promise<LogRecord[]> {
    const changed = (await this.entriesOf(racer)).flatMap((record) => withoutNames(record, racer) ?? []);
    await this.#db.transaction().execute(async (db) => {
      for (const { race, seq, event, names = null } of changed)
        await db
          .updateTable('race_log')
          .set({ event: JSON.stringify(event), names })
          .where('race', '=', race)
          .where('seq', '=', seq)
          .execute();
      for (const race of new Set(changed.map((record) => record.race)))
        await db.deleteFrom('race_snapshots').where('race', '=', race).execute();
    });
    return changed;
  }

  /** All or nothing, on disk when it resolves. */
  async commit(write: (writing: LogWriting) => Promise<void>): Promise<void> {
    await this.#db.transaction().execute(async (transaction) => {
      if (this.#store.engine === 'postgres') await sql`set local synchronous_commit to on`.execute(transaction);
      await write(new LogWriting(transaction));
    });
  }

  get #db(): Kysely<RaceTables> {
    return this.#store.as<RaceTables>();
  }
}

/** What one transaction writes. */
export class LogWriting {
  readonly #transaction: Transaction<RaceTables>;

  constructor(transaction: Transaction<RaceTables>) {
    this.#transaction = transaction;
  }

  /** For what belongs into the same transaction. */
  get transaction(): Kysely<never> {
    return withTables<never>(this.#transaction);
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    const rows = records.map(({ race, seq, at, epoch, who, commandId, event, names, previous, hash }) => ({
      race,
      seq,
      boot_id: at.bootId,
      at: at.at,
      epoch,
      who,
      command_id: commandId,
      event: JSON.stringify(event),
      names: names ?? null,
      previous,
      hash,
    }));
    for (const some of chunks(rows)) await this.#transaction.insertInto('race_log').values(some).execute();
  }

  async keep(row: RaceRow): Promise<void> {
    const { name, phase } = row;
    await this.#transaction
      .insertInto('races')
      .values(row)
      .onConflict((conflict) => conflict.column('race').doUpdateSet({ name, phase }))
      .execute();
  }

  async strays(rows: readonly StrayRow[]): Promise<void> {
    for (const some of chunks(rows))
      await this.#transaction
        .insertInto('race_stray_crossings')
        .values(some)
        .onConflict((conflict) => conflict.columns(['gate', 'boot_id', 'seq', 'at']).doNothing())
        .execute();
  }
}
