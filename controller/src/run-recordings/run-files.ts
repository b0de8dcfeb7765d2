import type { ReadStream } from 'node:fs';
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { PitwallError } from '@pitwall/protocol';
import { RunFileKind } from '@pitwall/protocol/api';

export const fileNames: Readonly<Record<RunFileKind, string>> = {
  recording: 'recording.mcap',
  video: 'video.mp4',
  highlight: 'highlight.mp4',
};

/** The files of runs, a folder for each. What backups and standbys leave out: videos are large, and can be done without. */
export class RunFiles {
  readonly #folder: string;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** @throws PitwallError `output-failed` */
  async start(): Promise<void> {
    await mkdir(this.#folder, { recursive: true, mode: 0o700 }).catch((cause: unknown) => {
      throw new PitwallError('output-failed', `The folder ${this.#folder} cannot be made.`, { cause });
    });
  }

  /** The runs that have a folder. */
  async runs(): Promise<string[]> {
    return await readdir(this.#folder);
  }

  get root(): string {
    return this.#folder;
  }

  folder(run: string): string {
    return join(this.#folder, run);
  }

  path(run: string, kind: RunFileKind): string {
    return join(this.#folder, run, fileNames[kind]);
  }

  async of(run: string): Promise<{ kind: RunFileKind; bytes: number }[]> {
    const found = await Promise.all(
      RunFileKind.options.map(async (kind) => {
        const file = await stat(this.path(run, kind)).catch(() => undefined);
        return file === undefined ? [] : [{ kind, bytes: file.size }];
      }),
    );
    return found.flat();
  }

  async has(run: string, kind: RunFileKind): Promise<boolean> {
    return (await this.of(run)).some((file) => file.kind === kind);
  }

  /** @throws PitwallError `not-found` */
  async read(run: string, kind: RunFileKind): Promise<{ readonly bytes: number; readonly stream: ReadStream }> {
    const file = await open(this.path(run, kind)).catch((cause: unknown) => {
      throw new PitwallError('not-found', `There is no ${kind} of this run on this controller.`, { cause });
    });
    const { size: bytes } = await file.stat();
    return { bytes, stream: file.createReadStream() };
  }

  async delete(run: string): Promise<void> {
    await rm(this.folder(run), { recursive: true, force: true });
  }
}
