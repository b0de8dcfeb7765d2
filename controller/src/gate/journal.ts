import { randomBytes } from 'node:crypto';
import { constants } from 'node:fs';
import * as disk from 'node:fs/promises';
import { dirname } from 'node:path';
import { BootId, Micros, PitwallError } from '@pitwall/protocol';
import { Crossing, JournalId } from '@pitwall/protocol/messages';
import { z } from 'zod';

/** A crossing as the gate keeps it: who sends it is known when it is sent, and its journal is the one it is in. */
export const KeptCrossing = Crossing.omit({ sessionId: true, journal: true });
export type KeptCrossing = z.infer<typeof KeptCrossing>;

const Count = z.number().int().nonnegative();
/** What outlives a compaction: the next number of each life of the clock, and how far the device's own numbers were taken. */
const Life = z.object({ bootId: BootId, next: Count, kept: Count.optional(), lastAt: Micros.optional() });
type Life = z.infer<typeof Life>;
const Line = z.union([
  /** What this file is called; one of before it had a name gets one when it is opened. */
  z.object({ journal: JournalId }),
  z.object({ crossing: KeptCrossing, kept: Count.optional() }),
  z.object({ ack: z.object({ bootId: BootId, seqs: z.array(Count) }) }),
  z.object({ life: Life }),
  /** The press of the stop button that nobody has answered yet; null: somebody has. */
  z.object({ stop: z.string().min(1).max(64).nullable() }),
]);
type Line = z.infer<typeof Line>;

const compactAtBytes = 256 * 1024;
const keptLives = 16;

/** What a journal needs of a disk. */
export type JournalDisk = Pick<typeof disk, 'mkdir' | 'open' | 'readFile' | 'rename' | 'rm'>;

interface Queued {
  readonly line: string;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * The gate's own small file: one JSON line for each crossing, synced before {@link append} resolves, for each
 * acknowledgement, and for the press of a stop button that nobody has answered. Rewritten without what was acknowledged when it has grown. What a full disk took only a part of is
 * written again, whole and in the same place, with whatever comes next.
 */
export class Journal {
  readonly #file: string;
  readonly #disk: JournalDisk;
  readonly #waiting = new Map<string, KeptCrossing>();
  readonly #lives = new Map<BootId, Life>();
  #handle: disk.FileHandle | undefined;
  #id: JournalId | undefined;
  #openStop: string | null = null;
  /** Bytes of whole lines that are on disk, and how many there were after the last rewriting. */
  #length = 0;
  #rewrittenAt = 0;
  #queue: Queued[] = [];
  /** Lines whose writers were told that they are not on disk. */
  #owed = '';
  #writing: Promise<void> | undefined;
  #damaged = 0;

  private constructor(file: string, on: JournalDisk) {
    this.#file = file;
    this.#disk = on;
  }

  /**
   * Reads what is there (a torn last line is what a power cut leaves) and starts a fresh file without what was acknowledged.
   * @throws PitwallError `journal-unavailable`.
   */
  static async open(file: string, on: JournalDisk = disk): Promise<Journal> {
    const journal = new Journal(file, on);
    try {
      const isThere = await journal.#read();
      journal.#id ??= JournalId.parse(randomBytes(6).toString('hex'));
      await journal.#compact().catch((error: unknown) => {
        if (!isThere) throw error;
        return journal.#goOn();
      });
    } catch (cause) {
      const isFull = (cause as NodeJS.ErrnoException).code === 'ENOSPC';
      const advice = isFull ? 'the disk is full: make room' : 'make its folder writable for this user';
      const message = `The gate's journal ${file} cannot be opened: ${advice}.`;
      throw new PitwallError('journal-unavailable', message, { cause });
    }
    return journal;
  }

  /** Names this file: the numbers of its crossings say nothing about those of another one. */
  get id(): JournalId {
    return this.#id as JournalId;
  }

  /** Whether all that it was given is on disk or on its way there; false after a write that failed, until one has worked. */
  get isKeeping(): boolean {
    return this.#owed === '';
  }

  /** Lines that could not be read when it was opened. More than the torn last one means lost crossings. */
  get damaged(): number {
    return this.#damaged;
  }

  /** Not yet acknowledged, oldest first. */
  get waiting(): Iterable<KeptCrossing> {
    return this.#waiting.values();
  }

  get waitingCount(): number {
    return this.#waiting.size;
  }

  /** The number that the next crossing of this life of the clock gets. */
  nextSeq(bootId: BootId): number {
    return this.#lives.get(bootId)?.next ?? 0;
  }

  /** The last number of the device's own that was dealt with; undefined for none. */
  kept(bootId: BootId): number | undefined {
    return this.#lives.get(bootId)?.kept;
  }

  /** The last crossing's time in this life of the clock. */
  lastAt(bootId: BootId): Micros | undefined {
    return this.#lives.get(bootId)?.lastAt;
  }

  /** The `stopId` of the last press of the stop button, while nobody has answered it. */
  get openStop(): string | null {
    return this.#openStop;
  }

  /** @returns when it is on disk; null: the press is answered. */
  keepStop(stop: string | null): Promise<void> {
    const line: Line = { stop };
    this.#apply(line);
    return this.#write(line);
  }

  /** Tries again to write what could not be written; it need not be waited for. */
  retry(): void {
    if (!this.isKeeping) this.#writing ??= this.#drain();
  }

  /**
   * @returns when it is on disk. The numbers count at once, so that the next crossing gets the next one. One that is rejected
   * stays in the queue of what is to be written.
   */
  append(crossing: KeptCrossing, kept?: number): Promise<void> {
    const line: Line = kept === undefined ? { crossing } : { crossing, kept };
    this.#apply(line);
    return this.#write(line);
  }

  /** The receiver has them. Not synced: a lost acknowledgement only repeats a crossing that the receiver knows. */
  acknowledge(bootId: BootId, seqs: readonly number[]): void {
    const known = seqs.filter((seq) => this.#waiting.has(`${bootId}/${seq}`));
    if (known.length === 0) return;
    const line: Line = { ack: { bootId, seqs: known } };
    this.#apply(line);
    this.#write(line).catch(() => undefined);
  }

  async close(): Promise<void> {
    this.retry();
    while (this.#writing !== undefined) await this.#writing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  /** @returns whether there is such a file. */
  async #read(): Promise<boolean> {
    await this.#disk.mkdir(dirname(this.#file), { recursive: true });
    const bytes = await this.#disk.readFile(this.#file).catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    });
    if (bytes === undefined) return false;
    this.#length = bytes.length;
    // A torn last line stays one of its own.
    if (bytes.length > 0 && bytes.at(-1) !== 0x0a) this.#owed = '\n';
    for (const line of bytes.toString('utf8').split('\n')) {
      if (line === '') continue;
      const parsed = Line.safeParse(json(line));
      if (parsed.success) this.#apply(parsed.data);
      else this.#damaged += 1;
    }
    return true;
  }

  /** With the file as it is, where there is no room for a fresh one. */
  async #goOn(): Promise<void> {
    this.#handle = await this.#disk.open(this.#file, 'r+');
    this.#rewrittenAt = this.#length;
    this.#owed += `${JSON.stringify({ journal: this.id })}\n`;
    this.retry();
  }

  #apply(line: Line): void {
    if ('journal' in line) {
      this.#id = line.journal;
    } else if ('life' in line) {
      this.#lives.set(line.life.bootId, line.life);
    } else if ('stop' in line) {
      this.#openStop = line.stop;
    } else if ('ack' in line) {
      for (const seq of line.ack.seqs) this.#waiting.delete(`${line.ack.bootId}/${seq}`);
    } else {
      const { crossing, kept } = line;
      this.#waiting.set(`${crossing.bootId}/${crossing.seq}`, crossing);
      const life = this.#lives.get(crossing.bootId);
      const highest = Math.max(kept ?? -1, life?.kept ?? -1);
      this.#lives.set(crossing.bootId, {
        bootId: crossing.bootId,
        next: Math.max(life?.next ?? 0, crossing.seq + 1),
        ...(highest >= 0 ? { kept: highest } : {}),
        lastAt: crossing.at,
      });
    }
  }

  #write(line: Line): Promise<void> {
    const written = new Promise<void>((resolve, reject) =>
      this.#queue.push({ line: `${JSON.stringify(line)}\n`, resolve, reject }),
    );
    this.#writing ??= this.#drain();
    return written;
  }

  /** Whatever came while the disk was busy goes out with one write and one sync. */
  async #drain(): Promise<void> {
    do {
      const batch = this.#queue.splice(0);
      const text = this.#owed + batch.map(({ line }) => line).join('');
      try {
        // All that counts is in what it would write, so that a file that cannot be made anew is no reason not to use the old one.
        const rewritten =
          this.#length - this.#rewrittenAt > compactAtBytes &&
          (await this.#compact().then(
            () => true,
            () => false,
          ));
        if (!rewritten) await this.#extend(Buffer.from(text));
        this.#owed = '';
        for (const { resolve } of batch) resolve();
      } catch (error) {
        this.#owed = text;
        for (const { reject } of batch) reject(error);
      }
    } while (this.#queue.length > 0);
    this.#writing = undefined;
  }

  /**
   * Always from the end of the last whole line: a write that was cut by a full disk leaves a part of what is written there
   * next time, and nothing is appended to a torn line.
   */
  async #extend(bytes: Buffer): Promise<void> {
    const handle = this.#handle as disk.FileHandle;
    for (let done = 0; done < bytes.length; ) {
      const { bytesWritten } = await handle.write(bytes, done, bytes.length - done, this.#length + done);
      done += bytesWritten;
    }
    await handle.datasync();
    this.#length += bytes.length;
  }

  /** Writes all that still counts into a new file and puts it in the old one's place. What waits in the queue is in it. */
  async #compact(): Promise<void> {
    const lives = [...this.#lives.values()].slice(-keptLives);
    const lines: Line[] = [
      { journal: this.id },
      ...lives.map((life) => ({ life })),
      ...(this.#openStop === null ? [] : [{ stop: this.#openStop }]),
      ...[...this.waiting].map((crossing) => ({ crossing })),
    ];
    const bytes = Buffer.from(lines.map((line) => `${JSON.stringify(line)}\n`).join(''));
    const fresh = `${this.#file}.new`;
    const handle = await this.#disk.open(fresh, 'w', 0o600);
    try {
      await handle.writeFile(bytes);
      await handle.sync();
      await this.#disk.rename(fresh, this.#file);
    } catch (error) {
      await handle.close();
      // What is left of it takes the room that the next crossing needs.
      await this.#disk.rm(fresh, { force: true });
      throw error;
    }
    await this.#handle?.close();
    this.#handle = handle;
    this.#length = bytes.length;
    // Counted from here: a long queue of unacknowledged crossings is not rewritten at every turn.
    this.#rewrittenAt = this.#length;
    this.#owed = '';
    const folder = await this.#disk.open(dirname(this.#file), constants.O_RDONLY);
    await folder.sync().finally(() => folder.close());
  }
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
