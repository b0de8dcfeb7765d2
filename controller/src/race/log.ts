import { PitwallError, type RaceId } from '@pitwall/protocol';
import type { LogRecord, RaceState } from '@pitwall/protocol/race';
import { type Kysely, sql, type Transaction } from 'kysely';
import type { Store } from '../store/index.js';
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
    return rows as unknown as RaceRow[];
  }

  /** A race's whole log, oldest first; empty where there is no such race. */
  async load(race: RaceId): Promise<LogRecord[]> {
    const rows = await this.#db.selectFrom('race_log').selectAll().where('race', '=', race).orderBy('seq').execute();
    return rows.map((row) => {
      let event: LogRecord['event'];
      try {
        event = JSON.parse(row.event);
      } catch (cause) {
        throw new PitwallError('log-invalid', `Record ${row.seq} of race ${race} is damaged on disk.`, { cause });
      }
      return {
        race,
        seq: row.seq,
        at: { bootId: row.boot_id, at: row.at },
        epoch: row.epoch,
        who: row.who,
        commandId: row.command_id,
        event,
        previous: row.previous,
        hash: row.hash,
      } as LogRecord;
    });
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
    return this.#transaction as unknown as Kysely<never>;
  }

  async append(records: readonly LogRecord[]): Promise<void> {
    const rows = records.map(({ race, seq, at, epoch, who, commandId, event, previous, hash }) => ({
      race,
      seq,
      boot_id: at.bootId,
      at: at.at,
      epoch,
      who,
      command_id: commandId,
      event: JSON.stringify(event),
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
        .onConflict((conflict) => conflict.columns(['gate', 'boot_id', 'seq']).doNothing())
        .execute();
  }
}
