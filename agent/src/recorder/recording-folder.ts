import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { type CarId, PitwallError } from '@pitwall/protocol';
import { type RecordingInfo, RecordingName, recordingPartBytes } from '@pitwall/protocol/messages';

export interface RecordingLimits {
  /** Bytes that all recordings together may have. */
  readonly bytes: number;
  /** How many there may be. */
  readonly files: number;
}

/** `red_000017_20261122T193328Z.mcap`: the number orders them, since a car without a clock of its own wakes up in the past. */
const pattern = /^(?<car>.+)_(?<number>\d{6,})_(?<began>\d{8}T\d{6}Z)\.mcap$/;

/** A car's folder of recordings: the oldest go before the limits are passed. Files of other names are left alone. */
export class RecordingFolder {
  readonly folder: string;
  readonly #car: CarId;
  readonly #limits: RecordingLimits;
  /** The one that is being written. */
  open: string | null = null;

  constructor(folder: string, car: CarId, limits: RecordingLimits) {
    this.folder = folder;
    this.#car = car;
    this.#limits = limits;
  }

  /** The oldest first. */
  async list(): Promise<RecordingInfo[]> {
    const found: (RecordingInfo & { readonly number: number })[] = [];
    for (const name of await readdir(this.folder).catch(() => [])) {
      const groups = RecordingName.safeParse(name).success ? pattern.exec(name)?.groups : undefined;
      const size = groups === undefined ? undefined : await stat(join(this.folder, name)).catch(() => undefined);
      if (groups === undefined || size?.isFile() !== true) continue;
      const { size: bytes } = size;
      found.push({
        ...{ name, bytes, began: wallClock(groups.began!), open: name === this.open, number: Number(groups.number) },
      });
    }
    return found.sort((a, b) => a.number - b.number).map(({ number: _, ...info }) => info);
  }

  /**
   * Makes room for a file of that size, and names it.
   * @param emptied also the oldest goes that would have its place: the disk itself is full
   */
  async next(bytes: number, at: Date, emptied = false): Promise<{ readonly name: string; readonly path: string }> {
    await mkdir(this.folder, { recursive: true });
    const all = await this.list();
    let sum = all.reduce((total, one) => total + one.bytes, 0);
    let count = all.length;
    let more = emptied;
    for (const one of all) {
      if (!more && sum + bytes <= this.#limits.bytes && count < this.#limits.files) break;
      if (one.open) continue;
      await rm(join(this.folder, one.name), { force: true });
      sum -= one.bytes;
      count -= 1;
      more = false;
    }
    const last = Number(pattern.exec(all.at(-1)?.name ?? '')?.groups?.number ?? 0);
    const number = String(last + 1).padStart(6, '0');
    const began = at.toISOString().replace(/[-:]|\.\d+/g, '');
    const name = `${this.#car}_${number}_${began}.mcap`;
    return { name, path: join(this.folder, name) };
  }

  /** @throws PitwallError `not-found` */
  async part(name: string, from: number, bytes: number): Promise<{ readonly size: number; readonly data: Uint8Array }> {
    const path = join(this.folder, RecordingName.parse(name));
    const file = await open(path, 'r').catch((cause: unknown) => {
      throw new PitwallError('not-found', `There is no recording ${name} on this car; list them again.`, { cause });
    });
    try {
      const { size } = await file.stat();
      const { bytesRead, buffer } = await file.read(Buffer.alloc(Math.min(bytes, recordingPartBytes)), {
        position: from,
      });
      return { size, data: buffer.subarray(0, bytesRead) };
    } finally {
      await file.close();
    }
  }
}

/** ms since 1970 of `20261122T193328Z`. */
function wallClock(text: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(text) ?? [];
  return Date.UTC(Number(y), Number(mo) - 1, Number(d), Number(h), Number(mi), Number(s));
}
