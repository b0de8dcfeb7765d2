import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { command } from './command.js';

/** `nobody` of Debian, where this is root: what is started is not. */
export const anybody = process.getuid?.() === 0 ? { uid: 65_534, gid: 65_534 } : {};

/** With nothing of this machine's settings; `HOME` is a folder of its own. */
export const environment = (home: string) => ({ PATH: '/usr/bin:/bin', HOME: home });

/** A new folder that belongs to {@link anybody}. */
export function ownFolder(...parts: string[]): string {
  const folder = join(...parts);
  mkdirSync(folder, { recursive: true });
  if (anybody.uid !== undefined) chownSync(folder, anybody.uid, anybody.gid);
  return folder;
}

/** How the first start of a controller went. */
export interface FirstStart {
  /** From the start to its page, ms. */
  readonly took: number;
  /** What curl got: the page, a file that it names, and the documentation's first page. */
  readonly page: string;
  readonly script: string;
  readonly help: string;
  /** The link of the first administrator. */
  readonly first: boolean;
}

/** Starts a controller with a new database as {@link anybody}, looks at it with curl, and ends it. */
export async function firstStart(program: string, home: string): Promise<FirstStart> {
  const began = performance.now();
  const args = ['serve', '--data', join(home, 'data'), '--port', '0', '--mqtt-port', '0', '--json'];
  const child = spawn(program, args, {
    ...anybody,
    cwd: home,
    env: environment(home),
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  for (const stream of [child.stdout, child.stderr])
    stream.on('data', (text: Buffer) => {
      said += text.toString();
    });
  try {
    const url = await ready(child);
    if (url === undefined) throw new Error(`it ended before it was ready: ${said.slice(-2000)}`);
    const curl = (path: string) =>
      command('curl', ['--silent', '--show-error', '--fail', '--max-time', '10', url + path]);
    const page = curl('/');
    const took = performance.now() - began;
    const script = /<script[^>]* src="([^"]+)"/.exec(page)?.[1];
    return {
      took,
      page,
      script: script === undefined ? '' : curl(script),
      help: curl('/docs/'),
      first: said.includes('/first#'),
    };
  } finally {
    if (child.exitCode === null && child.kill()) await once(child, 'exit');
  }
}

/** Its address, from its line `ready`; undefined where it ends before. */
async function ready(child: ChildProcess): Promise<string | undefined> {
  for await (const line of createInterface({ input: child.stdout! })) {
    const { type, url } = JSON.parse(line) as { type: string; url?: string };
    if (type === 'ready') return url;
  }
  return undefined;
}
