import { spawnSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';

const bootId = '/proc/sys/kernel/random/boot_id';
const inside = `mount --bind "$1" ${bootId} && hostname "$2" && shift 2 && exec "$@"`;
const unshare = ['unshare', '--map-root-user', '--mount', '--uts', 'sh', '-c', inside, 'sh'] as const;

/**
 * What starts a program as on another computer with a copy of this one's disk: the same files, another life of the kernel,
 * another name (namespaces of Linux: mount_namespaces(7), uts_namespaces(7)).
 */
export function otherComputer(folder: string, host: string): readonly string[] {
  const file = join(folder, `${host}.boot-id`);
  writeFileSync(file, `${randomUUID()}\n`);
  return [...unshare, file, host];
}

/** Why there can be no other computer here; undefined where there can. */
export function missingForComputers(folder: string): string | undefined {
  const [program = '', ...args] = [...otherComputer(folder, 'probe'), 'cat', bootId];
  return spawnSync(program, args).status === 0 ? undefined : 'unshare (user namespaces)';
}
