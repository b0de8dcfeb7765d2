import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import type { Release } from '@pitwall/protocol/messages';

/** What the process that stages a version said, or the signal by which it ended. */
export interface Staged {
  readonly type: string;
  readonly code?: string;
  readonly message?: string;
}

export interface Staging {
  /** The agent's built files. */
  readonly agent: string;
  readonly node?: readonly string[];
  readonly versions: string;
  readonly release: Release;
  /** The public key that is trusted. */
  readonly key: string;
  readonly config?: string;
  readonly env?: NodeJS.ProcessEnv;
}

/** Gives out one archive as a controller does, over a network that may be bad, to the process that stages versions. */
export class StagingServer {
  archive: Buffer = Buffer.alloc(0);
  /** Bytes after which a connection ends. */
  breaksAfter = Number.POSITIVE_INFINITY;
  /** The ranges that were asked for. */
  readonly asked: (string | undefined)[] = [];
  readonly #server: Server;

  constructor() {
    this.#server = createServer(({ headers }, response) => {
      this.asked.push(headers.range);
      const from = Number(/\d+/.exec(headers.range ?? '')?.[0] ?? 0);
      response.writeHead(from === 0 ? 200 : 206);
      if (this.archive.length - from <= this.breaksAfter) response.end(this.archive.subarray(from));
      else response.write(this.archive.subarray(from, from + this.breaksAfter), () => response.destroy());
    });
  }

  async start(): Promise<void> {
    this.#server.listen(0, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  stop(): void {
    this.#server.close();
  }

  /** Runs the process to its end. */
  async stage({
    agent,
    node = [process.execPath],
    versions,
    release,
    key,
    config,
    env = {},
  }: Staging): Promise<Staged> {
    mkdirSync(versions, { recursive: true });
    const [program, ...args] = [...node, join(agent, 'versions/stage-version-worker.js')];
    const child = spawn(program!, args, {
      env: { ...process.env, ...env },
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
    });
    const { port } = this.#server.address() as AddressInfo;
    let said: Staged = { type: 'nothing' };
    child.on('message', (message: Staged) => {
      if (message.type !== 'news') said = message;
    });
    const ended = once(child, 'exit');
    child.send({
      folder: versions,
      release,
      keep: [],
      from: { url: `http://127.0.0.1:${port}`, token: 'x' },
      key,
      config,
    });
    const [, signal] = await ended;
    return signal === null ? said : { type: signal as string };
  }
}
