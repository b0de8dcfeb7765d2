import { statfs } from 'node:fs/promises';

export interface DiskSpace {
  /** Bytes that this user may still write. */
  readonly free: number;
  readonly total: number;
}

/** Of the disk that holds a folder; undefined where nobody can tell. */
export async function diskSpace(folder: string): Promise<DiskSpace | undefined> {
  try {
    const { bsize, bavail, blocks } = await statfs(folder);
    return { free: bsize * bavail, total: bsize * blocks };
  } catch {
    return undefined;
  }
}
