import { readdir, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { textNames } from '../model/index.js';

/** How often it is looked at, in ms. */
const every = 1000;
/** A stick's folder lies below the one where sticks are mounted; on it, the stock car's layout (`models/`) and deeper ones. */
const deepest = 4;
/** A stick with somebody's whole home on it shall not keep the car busy. */
const mostFolders = 2000;

/** What was seen of a file: as long as it changes, it is still being copied. */
const mark = ({ size, mtimeMs }: { size: number; mtimeMs: number }) => `${size} ${mtimeMs}`;

const isModel = (name: string) => /\.(?:tar\.gz|tgz|tar|zip|onnx|tflite|pb)$/i.test(name);
/** What systems keep for themselves: `._model.tar.gz`, `.Trashes`, `__MACOSX`, `System Volume Information`, `$RECYCLE.BIN`. */
const isHidden = (name: string) => /^(?:[.$]|__MACOSX$|System Volume Information$|lost\+found$)/.test(name);

/** All model files in a folder and down to three levels below a stick's own, by path; nothing hidden. */
export async function archivesIn(folder: string): Promise<string[]> {
  const found: string[] = [];
  let folders = [folder];
  let seen = 0;
  for (let depth = 0; depth <= deepest && folders.length > 0; depth += 1) {
    const below: string[] = [];
    for (const path of folders) {
      seen += 1;
      if (seen > mostFolders) return found.sort();
      for (const entry of await readdir(path, { withFileTypes: true }).catch(() => [])) {
        if (isHidden(entry.name)) continue;
        const inside = join(path, entry.name);
        if (entry.isDirectory()) below.push(inside);
        else if (isModel(entry.name)) found.push(inside);
      }
    }
    folders = below;
  }
  return found.sort();
}

/** Watches the folder under which USB sticks appear, and tells of each model file once, when it is whole. */
export class UsbStickWatch {
  readonly #folder: string;
  readonly #onArchive: (path: string) => void;
  readonly #onGone: (path: string) => void;
  readonly #seen = new Map<string, string>();
  readonly #told = new Map<string, string>();
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();

  /** @param onGone hears of a file that is not there any more, deleted or on a stick that was pulled */
  constructor(folder: string, onArchive: (path: string) => void, onGone: (path: string) => void = () => {}) {
    this.#folder = folder;
    this.#onArchive = onArchive;
    this.#onGone = onGone;
  }

  start(): void {
    this.#timer = setInterval(() => void this.scan(), every);
    void this.scan();
  }

  /** Idempotent. */
  async stop(): Promise<void> {
    clearInterval(this.#timer);
    await this.#looking;
  }

  /** A file is whole when it looks the same twice, and with it what describes it. */
  scan(): Promise<void> {
    this.#looking = this.#looking.then(async () => {
      const paths = await archivesIn(this.#folder);
      const beside = new Map<string, string>();
      for (const path of paths) {
        const about = await stat(path).catch(() => undefined);
        if (about === undefined || !about.isFile()) continue;
        const folder = dirname(path);
        const texts = beside.get(folder) ?? (await marksOf(folder));
        beside.set(folder, texts);
        const now = `${mark(about)} ${isBare(path) ? texts : ''}`;
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
    if (this.#told.delete(path)) this.#onGone(path);
  }
}

const isBare = (path: string) => /\.(?:onnx|tflite|pb)$/i.test(path);

/** Of the metadata and descriptions in a folder. */
async function marksOf(folder: string): Promise<string> {
  const names = (await readdir(folder).catch(() => [] as string[])).filter((name) => textNames.test(name)).sort();
  const about = await Promise.all(names.map((name) => stat(join(folder, name)).catch(() => undefined)));
  return about.map((one) => (one === undefined ? '' : mark(one))).join(' ');
}
