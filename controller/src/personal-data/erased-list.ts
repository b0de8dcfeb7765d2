import { existsSync } from 'node:fs';
import { open, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RacerId } from '@pitwall/protocol';

/** In the data folder: one id a line, and nothing else of anybody; it is no secret, and lies open in a backup. */
export const erasedFile = 'erased-racers';

/**
 * Who was deleted, in a file beside the database, so that a database of an older day that is put back does not bring anybody back.
 */
export class ErasedList {
  readonly #path: string;

  constructor(data: string) {
    this.#path = join(data, erasedFile);
  }

  async read(): Promise<ReadonlySet<string>> {
    if (!existsSync(this.#path)) return new Set();
    const lines = (await readFile(this.#path, 'utf8')).split('\n').map((line) => line.trim());
    // A line that was cut short is no id.
    return new Set(lines.filter((line) => RacerId.safeParse(line).success));
  }

  /** On disk when it resolves. */
  async add(racers: Iterable<string>): Promise<void> {
    const known = await this.read();
    const fresh = [...racers].filter((racer) => !known.has(racer));
    if (fresh.length === 0) return;
    const file = await open(this.#path, 'a', 0o644);
    try {
      await file.write(fresh.map((racer) => `${racer}\n`).join(''));
      await file.sync();
    } finally {
      await file.close();
    }
  }
}
