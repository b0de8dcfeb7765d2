import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { freePort } from '../free-port.js';

const program = '/usr/sbin/mosquitto';

/** What is missing for it; undefined: nothing. */
export const missingForMosquitto = existsSync(program) ? undefined : `${program} (package mosquitto)`;

/** Eclipse Mosquitto as Debian has it, on loopback and open to everybody, with nothing on disk. */
export class Mosquitto {
  readonly #folder = mkdtempSync(join(tmpdir(), 'pitwall-mosquitto-'));
  #child: ChildProcess | undefined;
  #port = 0;

  get url(): string {
    return `mqtt://127.0.0.1:${this.#port}`;
  }

  async start(): Promise<void> {
    this.#port = await freePort();
    const config = join(this.#folder, 'mosquitto.conf');
    // As root it would become a user who may not read this folder.
    const lines = [`listener ${this.#port} 127.0.0.1`, 'allow_anonymous true', 'persistence false', 'user root'];
    writeFileSync(config, `${lines.join('\n')}\n`);
    const child = spawn(program, ['-c', config, '-v'], { stdio: ['ignore', 'ignore', 'pipe'] });
    this.#child = child;
    for await (const line of createInterface({ input: child.stderr })) if (line.includes(' running')) break;
    child.stderr.resume();
  }

  async stop(): Promise<void> {
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
