import type { EpochMs, Micros, RaceId } from '@pitwall/protocol';
import { type LogRecord, type RaceEvent, RaceReplay, type Stamp } from '@pitwall/protocol/race';
import { seal } from './chain.js';
import type { RaceRow } from './race-logs.js';

/** Records that are on disk, as followers get them; the text is made once for all of them. */
export class Published {
  readonly race: RaceId;
  readonly records: readonly LogRecord[];
  #text: string | undefined;

  constructor(race: RaceId, records: readonly LogRecord[]) {
    this.race = race;
    this.records = records;
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

const crossingKey = (gate: string, bootId: string, seq: number): string => `${gate} ${bootId} ${seq}`;

/** One race in memory: its log, what follows from it, and who listens. */
export class LoadedRace {
  readonly race: RaceId;
  readonly replay: RaceReplay;
  readonly followers = new Set<Following>();
  /** The version that is on disk; what is later must not be heard of. */
  committed: number;
  /** What the table of races says of it. */
  row: RaceRow | undefined;
  /** Of each crossing its time, in the gate's clock. */
  readonly #crossings = new Map<string, Micros>();
  readonly #commands = new Map<string, LogRecord[]>();

  /** As text, of its records. */
  bytes: number;
  #holds = 0;

  constructor(race: RaceId, records: readonly LogRecord[] = [], bytes = 0) {
    this.race = race;
    this.bytes = bytes;
    this.replay = new RaceReplay(records);
    this.committed = records.length;
    this.#index(records);
  }

  /** Somebody follows it, or works with it. */
  get isHeld(): boolean {
    return this.followers.size > 0 || this.#holds > 0 || this.replay.seq !== this.committed;
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

  /** When the crossing with this number was; undefined where there is none. */
  crossingAt(gate: string, bootId: string, seq: number): Micros | undefined {
    return this.#crossings.get(crossingKey(gate, bootId, seq));
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

  /** Takes back what did not reach the disk. */
  truncate(seq: number): void {
    for (const { event, commandId } of this.replay.records.slice(seq)) {
      if (event.type === 'crossing') this.#crossings.delete(keyOf(event));
      if (commandId !== null) this.#commands.delete(commandId);
    }
    this.replay.truncate(seq);
  }

  /** Takes what another process wrote. */
  catchUp(records: readonly LogRecord[]): LogRecord[] {
    const fresh = records.slice(this.replay.seq);
    this.replay.append(fresh);
    this.#index(fresh);
    return fresh;
  }

  #index(records: readonly LogRecord[]): void {
    for (const record of records) {
      const { event, commandId } = record;
      if (event.type === 'crossing') this.#crossings.set(keyOf(event), event.crossing.at);
      if (commandId === null) continue;
      const known = this.#commands.get(commandId);
      if (known === undefined) this.#commands.set(commandId, [record]);
      else known.push(record);
    }
  }
}

const keyOf = ({ crossing }: Extract<RaceEvent, { type: 'crossing' }>): string =>
  crossingKey(crossing.gate, crossing.bootId, crossing.seq);
