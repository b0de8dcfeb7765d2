import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const unmounts: (() => void)[] = [];

export function unmountAll(): void {
  for (const unmount of unmounts.splice(0)) unmount();
}

/** A file system of 1 MB; undefined where nobody lets us mount one. */
export function smallDisk(): string | undefined {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-full-'));
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', folder], { stdio: 'ignore' });
  } catch {
    const why = 'a full disk is not tested: mounting a tmpfs wants root';
    if (process.env.CI === 'true') throw new Error(why);
    console.log(`skipped: ${why}`);
    return undefined;
  }
  unmounts.push(() => {
    execFileSync('umount', ['-l', folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

/** Takes all room that is left. */
export function fill(folder: string): string {
  const ballast = join(folder, 'ballast');
  for (let size = statfsSync(folder).bavail * statfsSync(folder).bsize; size >= 4096; size = Math.floor(size / 2)) {
    try {
      writeFileSync(ballast, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Less, then.
    }
  }
  return ballast;
}
