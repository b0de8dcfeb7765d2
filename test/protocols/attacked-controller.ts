import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';
import { setInterval } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import type { Principal } from '@pitwall/controller/accounts';
import { stringify } from 'yaml';
import { pitwall } from '../race/track-day.js';
import { issueToken } from '../tokens.js';

const probe = fileURLToPath(new URL('./memory-probe.mjs', import.meta.url));

/** Bytes: what is in use after collection, and what the system has given. */
export interface Memory {
  readonly used: number;
  readonly rss: number;
}

/** `pitwall serve` as a process, of which it is noted when it ends or says that something failed. */
export class AttackedController {
  readonly url: string;
  readonly mqtt: string;
  /** What it said on its error output, where it says errors alone; and that it ended. */
  readonly troubles: string[] = [];
  readonly #child: ChildProcess;
  readonly #folder: string;

  private constructor(child: ChildProcess, folder: string, { url, mqtt }: { url: string; mqtt: string }) {
    this.#child = child;
    this.#folder = folder;
    this.url = url;
    this.mqtt = mqtt;
    createInterface({ input: child.stderr as Readable }).on('line', (line) => this.troubles.push(line));
    child.stdout?.resume();
    child.once('exit', (code, signal) => this.troubles.push(`the controller ended: ${code ?? signal}`));
  }

  static async start(
    tokens: readonly (readonly [Principal['role'], string])[],
    over: object = {},
  ): Promise<{ controller: AttackedController; tokens: string[] }> {
    const folder = await mkdtemp(join(tmpdir(), 'pitwall-attacked-'));
    const config = join(folder, 'controller.yaml');
    await writeFile(config, stringify({ data: folder, log: 'error', evaluation: { workers: 0 }, ...over }));
    const issued: string[] = [];
    for (const [role, name] of tokens) issued.push(await issueToken(folder, role, name));
    const args = ['serve', '--config', config, '--port', '0', '--mqtt-port', '0', '--json'];
    const child = spawn(process.execPath, ['--expose-gc', '--import', probe, pitwall, ...args], {
      stdio: ['ignore', 'pipe', 'pipe', 'ipc'],
    });
    for await (const line of createInterface({ input: child.stdout as Readable })) {
      const said = JSON.parse(line) as { type: string; url: string; mqtt: string };
      if (said.type === 'ready') return { controller: new AttackedController(child, folder, said), tokens: issued };
    }
    throw new Error('the controller ended before it was ready');
  }

  /** The lowest of so many readings, one a second: crossings of a clock that does not answer are held for up to ten. */
  async memory(readings: number): Promise<Memory> {
    const all: Memory[] = [];
    for await (const _ of setInterval(1000)) {
      const answered = once(this.#child, 'message');
      this.#child.send('memory');
      all.push((await answered)[0] as Memory);
      if (all.length >= readings) break;
    }
    return { used: Math.min(...all.map(({ used }) => used)), rss: Math.min(...all.map(({ rss }) => rss)) };
  }

  /** Answers its exit code. */
  async stop(): Promise<number | null> {
    this.#child.removeAllListeners('exit');
    if (this.#child.exitCode === null) {
      const ended = once(this.#child, 'exit');
      this.#child.kill('SIGTERM');
      await ended;
    }
    await rm(this.#folder, { recursive: true, force: true });
    return this.#child.exitCode;
  }
}
