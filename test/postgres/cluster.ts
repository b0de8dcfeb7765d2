import { execFile, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chownSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { freePort } from '../free-port.js';

const run = promisify(execFile);

export interface Cluster {
  /** `postgres://…` of the server's own database, with which others are made. */
  readonly url: string;
  readonly stop: () => Promise<void>;
}

/** Where Debian puts the server's programs; the newest version. */
function programs(): string | undefined {
  const root = '/usr/lib/postgresql';
  if (!existsSync(root)) return undefined;
  const versions = readdirSync(root).sort((a, b) => Number(b) - Number(a));
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

/** PostgreSQL refuses to run as root: then it runs as the user that the package made. */
function user(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const line = readFileSync('/etc/passwd', 'utf8').match(/^postgres:[^:]*:(\d+):(\d+)/m);
  return { uid: Number(line?.[1] ?? 65_534), gid: Number(line?.[2] ?? 65_534) };
}

/**
 * A PostgreSQL server of one's own: on loopback, in a temporary folder, with a password; undefined where none is
 * installed. `durable` syncs every commit as a real one does.
 */
export async function startPostgres({ durable }: { durable: boolean }): Promise<Cluster | undefined> {
  const bin = programs();
  if (bin === undefined) return undefined;
  const as = user();
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-postgres-'));
  const password = randomBytes(16).toString('hex');
  writeFileSync(join(folder, 'password'), password, { mode: 0o600 });
  if (as !== undefined) for (const path of [folder, join(folder, 'password')]) chownSync(path, as.uid, as.gid);
  const data = join(folder, 'data');
  await run(
    join(bin, 'initdb'),
    ['-D', data, '-U', 'pitwall', '-A', 'scram-sha-256', '--pwfile', join(folder, 'password'), '-E', 'UTF8', '-N'],
    { ...as, cwd: folder },
  );
  const port = await freePort();
  const settings = {
    port,
    listen_addresses: '127.0.0.1',
    unix_socket_directories: folder,
    fsync: durable ? 'on' : 'off',
    max_connections: 100,
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ['-c', `${key}=${value}`]);
  const server = spawn(join(bin, 'postgres'), ['-D', data, ...options], { ...as, cwd: folder, stdio: 'ignore' });
  const ended = new Promise<void>((resolve) => server.once('exit', () => resolve()));
  const stop = async () => {
    server.kill('SIGINT');
    await ended;
    rmSync(folder, { recursive: true, force: true });
  };
  try {
    await ready(join(bin, 'pg_isready'), port);
  } catch (error) {
    await stop();
    throw error;
  }
  return { url: `postgres://pitwall:${password}@127.0.0.1:${port}/postgres`, stop };
}

async function ready(pgIsReady: string, port: number): Promise<void> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    try {
      await run(pgIsReady, ['-h', '127.0.0.1', '-p', String(port)]);
      return;
    } catch (error) {
      if (Date.now() > deadline) throw error;
    }
  }
}
