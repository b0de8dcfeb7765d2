import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { compareVersions, ProgramVersion } from '@pitwall/protocol';
import { syncFolder } from './chosen.js';

/** Where a version is made ready; nothing in it counts. */
export interface StagingPlace {
  readonly folder: string;
  /** Of which a part may be here already. */
  readonly archive: string;
  /** Unpacked. */
  readonly tree: string;
}

/** The fetched versions on a car's disk, a folder each, which appears and goes by one rename. */
export class VersionFolder {
  readonly path: string;

  constructor(path: string) {
    this.path = path;
  }

  /** The oldest first. */
  list(): ProgramVersion[] {
    const names = existsSync(this.path) ? readdirSync(this.path) : [];
    return names.filter((name) => ProgramVersion.safeParse(name).success).sort(compareVersions);
  }

  has(version: string): boolean {
    return this.list().includes(version);
  }

  /** Nobody but this user looks in there. */
  stagingPlace(version: ProgramVersion): StagingPlace {
    const folder = join(this.path, `.staging-${version}`);
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    const tree = join(folder, 'tree');
    rmSync(tree, { recursive: true, force: true });
    mkdirSync(tree, { mode: 0o700 });
    return { folder, archive: join(folder, 'archive'), tree };
  }

  /** What was made ready, and is on the disk, is a version from now on. */
  adopt({ folder, tree }: StagingPlace, version: ProgramVersion): void {
    renameSync(tree, join(this.path, version));
    syncFolder(this.path);
    rmSync(folder, { recursive: true, force: true });
  }

  /** What of a version that was not made ready is of use to the next try: what was fetched. */
  discard({ folder, archive, tree }: StagingPlace, why: 'unfetched' | 'unfit'): void {
    rmSync(tree, { recursive: true, force: true });
    if (why === 'unfit' || (statSync(archive, { throwIfNoEntry: false })?.size ?? 0) === 0)
      rmSync(folder, { recursive: true, force: true });
  }

  /** Deletes all versions but these, and what was begun. */
  async keepOnly(versions: readonly string[]): Promise<void> {
    for (const version of this.list()) {
      if (versions.includes(version)) continue;
      // Half deleted it is none.
      renameSync(join(this.path, version), join(this.path, `.gone-${version}`));
    }
    await this.clear();
  }

  /** Deletes what was begun and is not wanted any more. */
  async clear(staging?: ProgramVersion): Promise<void> {
    if (!existsSync(this.path)) return;
    for (const name of readdirSync(this.path))
      if (name.startsWith('.gone-') || (name.startsWith('.staging-') && name !== `.staging-${staging}`))
        await rm(join(this.path, name), { recursive: true, force: true });
  }
}
