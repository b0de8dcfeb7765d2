import type { EpochMs, RaceId } from '@pitwall/protocol';
import { type LogRecord, type RaceEvent, RaceReplay, type Stamp } from '@pitwall/protocol/race';
import { seal } from './chain.js';
import type { RaceRow } from './race-logs.js';
import { SeenCrossings } from './seen-crossings.js';

/** Records that are on disk, as followers get them; the text is made once for all of them. */
export class Published {
  readonly race: RaceId;
  readonly records: readonly LogRecord[];
  /** They were told of before, and names were taken out of them. */
  readonly isRenamed: boolean;
  #text: string | undefined;

  constructor(race: RaceId, records: readonly LogRecord[], { isRenamed = false } = {}) {
    this.race = race;
    this.records = records;
    this.isRenamed = isRenamed;
  }

  /** As a message of the live WebSocket. */
  get text(): string {
    this.#text ??= JSON.stringify({ type: 'log', race: this.race, records: this.records });
    return this.#text;
  }
}

export type Follower = (published: Published) => void;

/** A follower, and what it is told when it failed itself and hears no more. */
export interface Following {
  readonly follower: Follower;
  readonly ended: ((error: unknown) => void) | undefined;
}

/** The name of what the desk finds by itself. */
export const deskAccount = 'desk';

export interface Author {
  readonly at: Stamp;
  readonly epoch: EpochMs;
  readonly who: string;
  readonly commandId: string | null;
}

/** A record as text, about: most are crossings. */
const writtenRecord = 700;

/** What is known of a race from the beginning. */
export interface Beginning {
  readonly replay?: RaceReplay;
  /** Of the replay's earlier part; what is in its records is added. */
  readonly crossings?: SeenCrossings;
  /** As text, of its records. */
  readonly bytes?: number;
  /** Where its older part is not here yet: brings it. Again, where that failed. */
  readonly older?: (loaded: LoadedRace) => Promise<void>;
}

/** One race in memory: its log, what follows from it, and who listens. */
export class LoadedRace {
  readonly race: RaceId;
  readonly replay: RaceReplay;
  readonly followers = new Set<Following>();
  /** The version that is on disk; what is later must not be heard of. */
  committed: number;
  /** What the table of races says of it. */
  row: RaceRow | undefined;
  /** Up to which record its last snapshot goes. */
  snapshotAt = 0;
  readonly crossings: SeenCrossings;
  readonly #commands = new Map<string, LogRecord[]>();

  /** As text, of its records. */
  bytes: number;
  #holds = 0;
  readonly #older: Beginning['older'];
  #reading: Promise<void> | undefined;

  constructor(
    race: RaceId,
    { replay = new RaceReplay(), crossings = new SeenCrossings(), bytes = 0, older }: Beginning = {},
  ) {
    this.race = race;
    this.bytes = bytes;
    this.replay = replay;
    this.crossings = crossings;
    this.committed = replay.seq;
    this.#older = older;
    this.#index(replay.tail);
  }

  /** Somebody follows it, or works with it. */
  get isHeld(): boolean {
    return this.followers.size > 0 || this.#holds > 0 || this.replay.seq !== this.committed || !this.replay.isWhole;
  }

  /** Resolves when all records are here, from the first. @throws PitwallError `log-invalid`. */
  async whole(): Promise<void> {
    if (this.replay.isWhole || this.#older === undefined) return;
    this.#reading ??= this.#older(this).finally(() => {
      this.#reading = undefined;
    });
    await this.#reading;
  }

  /** Its older part is there, in a replay that has come to where this one is. */
  join(whole: RaceReplay, older: readonly LogRecord[], bytes: number): void {
    this.replay.join(whole);
    this.bytes += bytes;
    const since = new Map(this.#commands);
    this.#commands.clear();
    this.#indexCommands(older);
    for (const [commandId, records] of since) this.#commands.set(commandId, records);
  }

  /** Keeps it in memory while something is done with it that takes its time. */
  async during<T>(work: () => Promise<T>): Promise<T> {
    this.#holds += 1;
    try {
      return await work();
    } finally {
      this.#holds -= 1;
    }
  }

  /** What a command became when it was given before. */
  recordsOf(commandId: string): readonly LogRecord[] | undefined {
    return this.#commands.get(commandId);
  }

  write(author: Author, events: readonly RaceEvent[]): LogRecord[] {
    const records: LogRecord[] = [];
    let { last } = this.replay;
    for (const event of events) {
      last = seal({ race: this.race, seq: (last?.seq ?? 0) + 1, ...author, event }, last?.hash);
      records.push(last);
    }
    this.bytes += records.length * writtenRecord;
    this.replay.append(records);
    this.#index(records);
    return records;
  }

  /** Names were taken out of records on disk: here, too, and for everyone who follows. */
  rename(records: readonly LogRecord[]): void {
    this.replay.rename(records);
    for (const record of records) {
      const given = record.commandId === null ? undefined : this.#commands.get(record.commandId);
      const at = given?.findIndex(({ seq }) => seq === record.seq) ?? -1;
      if (given !== undefined && at !== -1) given[at] = record;
    }
  }

  /** Takes back what did not reach the disk. */
  truncate(seq: number): void {
    for (const { event, commandId } of this.replay.after(seq)) {
      if (event.type === 'crossing') this.crossings.remove(event.crossing);
      if (commandId !== null) this.#commands.delete(commandId);
    }
    this.replay.truncate(seq);
  }

  /** Takes what another process wrote. */
  catchUp(records: readonly LogRecord[]): LogRecord[] {
    const fresh = records.filter(({ seq }) => seq > this.replay.seq);
    this.replay.append(fresh);
    this.#index(fresh);
    return fresh;
  }

  #index(records: readonly LogRecord[]): void {
    for (const { event } of records) if (event.type === 'crossing') this.crossings.add(event.crossing);
    this.#indexCommands(records);
  }

  #indexCommands(records: readonly LogRecord[]): void {
    for (const record of records) {
      const { commandId } = record;
      if (commandId === null) continue;
      const known = this.#commands.get(commandId);
      if (known === undefined) this.#commands.set(commandId, [record]);
      else known.push(record);
    }
  }
}
