import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';

/** How often it is looked at, in ms. */
const every = 1000;

/** What was seen of a file: as long as it changes, it is still being copied. */
const mark = ({ size, mtimeMs }: { size: number; mtimeMs: number }) => `${size} ${mtimeMs}`;

/** All archives in a folder and one level below it, where sticks are mounted. */
export async function archivesIn(folder: string): Promise<string[]> {
  const inside = async (path: string) => readdir(path, { withFileTypes: true }).catch(() => []);
  const found: string[] = [];
  for (const entry of await inside(folder)) {
    const path = join(folder, entry.name);
    if (isArchive(entry.name)) found.push(path);
    else if (entry.isDirectory()) {
      found.push(...(await inside(path)).filter(({ name }) => isArchive(name)).map(({ name }) => join(path, name)));
    }
  }
  return found.sort();
}

const isArchive = (name: string) => !name.startsWith('.') && /\.(tar\.gz|tgz)$/.test(name);

/** Watches the folder under which USB sticks appear, and tells of each archive once, when it is whole. */
export class StickWatch {
  readonly #folder: string;
  readonly #onArchive: (path: string) => void;
  readonly #seen = new Map<string, string>();
  readonly #told = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  constructor(folder: string, onArchive: (path: string) => void) {
    this.#folder = folder;
    this.#onArchive = onArchive;
  }

  start(): void {
    this.#timer = setInterval(() => void this.look(), every);
    void this.look();
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** A file is whole when it looks the same twice. */
  look(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      const paths = await archivesIn(this.#folder);
      for (const path of paths) {
        const about = await stat(path).catch(() => undefined);
        if (about === undefined || !about.isFile()) continue;
        const now = mark(about);
        if (this.#seen.get(path) === now && this.#told.get(path) !== now) {
          this.#told.set(path, now);
          this.#onArchive(path);
        }
        this.#seen.set(path, now);
      }
      for (const path of this.#seen.keys()) if (!paths.includes(path)) this.#forget(path);
    });
    return this.#looking;
  }

  /** A stick that is pulled and comes back is read again. */
  #forget(path: string): void {
    this.#seen.delete(path);
    this.#told.delete(path);
  }
}
