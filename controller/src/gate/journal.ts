import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { BootId, Micros, PitwallError } from '@pitwall/protocol';
import { Crossing } from '@pitwall/protocol/messages';
import { z } from 'zod';

/** A crossing as the gate keeps it: who sends it is known when it is sent. */
export const KeptCrossing = Crossing.omit({ sessionId: true });
export type KeptCrossing = z.infer<typeof KeptCrossing>;

const Count = z.number().int().nonnegative();
/** What outlives a compaction: the next number of each life of the clock, and how far the device's own numbers were taken. */
const Life = z.object({ bootId: BootId, next: Count, kept: Count.optional(), lastAt: Micros.optional() });
type Life = z.infer<typeof Life>;
const Line = z.union([
  z.object({ crossing: KeptCrossing, kept: Count.optional() }),
  z.object({ ack: z.object({ bootId: BootId, seqs: z.array(Count) }) }),
  z.object({ life: Life }),
]);
type Line = z.infer<typeof Line>;

const compactAtBytes = 256 * 1024;
const keptLives = 16;

/**
 * The gate's own small file: one JSON line for each crossing, synced before {@link append} resolves, and for each
 * acknowledgement. Rewritten without what was acknowledged when it has grown.
 */
export class Journal {
  readonly #file: string;
  readonly #waiting = new Map<string, KeptCrossing>();
  readonly #lives = new Map<BootId, Life>();
  #handle: FileHandle | undefined;
  #bytes = 0;
  #queue: { line: string; resolve: () => void; reject: (error: unknown) => void }[] = [];
  #writing: Promise<void> | undefined;
  #damaged = 0;

  private constructor(file: string) {
    this.#file = file;
  }

  /**
   * Reads what is there (a torn last line is what a power cut leaves) and starts a fresh file without what was acknowledged.
   * @throws PitwallError `journal-unavailable`.
   */
  static async open(file: string): Promise<Journal> {
    const journal = new Journal(file);
    try {
      await journal.#read();
      await journal.#compact();
    } catch (cause) {
      const message = `The gate's journal ${file} cannot be opened: make its folder writable for this user.`;
      throw new PitwallError('journal-unavailable', message, { cause });
    }
    return journal;
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

  /** @returns when it is on disk. The numbers count at once, so that the next crossing gets the next one. */
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
    while (this.#writing !== undefined) await this.#writing;
    await this.#handle?.close();
    this.#handle = undefined;
  }

  async #read(): Promise<void> {
    await mkdir(dirname(this.#file), { recursive: true });
    const text = await readFile(this.#file, 'utf8').catch((error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return '';
      throw error;
    });
    for (const line of text.split('\n')) {
      if (line === '') continue;
      const parsed = Line.safeParse(json(line));
      if (parsed.success) this.#apply(parsed.data);
      else this.#damaged += 1;
    }
  }

  #apply(line: Line): void {
    if ('life' in line) {
      this.#lives.set(line.life.bootId, line.life);
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
    while (this.#queue.length > 0) {
      const batch = this.#queue.splice(0);
      try {
        if (this.#bytes > compactAtBytes) await this.#compact();
        else {
          const text = batch.map(({ line }) => line).join('');
          await this.#handle?.appendFile(text);
          await this.#handle?.datasync();
          this.#bytes += Buffer.byteLength(text);
        }
        for (const { resolve } of batch) resolve();
      } catch (error) {
        for (const { reject } of batch) reject(error);
      }
    }
    this.#writing = undefined;
  }

  /** Writes all that still counts into a new file and puts it in the old one's place. What waits in the queue is in it. */
  async #compact(): Promise<void> {
    const lives = [...this.#lives.values()].slice(-keptLives);
    const lines: Line[] = [...lives.map((life) => ({ life })), ...[...this.waiting].map((crossing) => ({ crossing }))];
    const text = lines.map((line) => `${JSON.stringify(line)}\n`).join('');
    const fresh = `${this.#file}.new`;
    const handle = await open(fresh, 'w', 0o600);
    try {
      await handle.appendFile(text);
      await handle.sync();
      await rename(fresh, this.#file);
      const folder = await open(dirname(this.#file), constants.O_RDONLY);
      await folder.sync().finally(() => folder.close());
    } catch (error) {
      await handle.close();
      throw error;
    }
    await this.#handle?.close();
    this.#handle = handle;
    // Counted from here: a long queue of unacknowledged crossings is not rewritten at every turn.
    this.#bytes = 0;
  }
}

function json(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
