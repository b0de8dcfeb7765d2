import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import type { Principal } from '@pitwall/controller/accounts';
import { writeLog } from '@pitwall/controller/race';
import { parse } from '@pitwall/protocol';
import {
  type BoardInput,
  CommandOutcome,
  type CreateRaceInput,
  ErrorBody,
  type ResultInput,
} from '@pitwall/protocol/api';
import { type LogRecord, type RaceCommand, RaceState } from '@pitwall/protocol/race';
import type { z } from 'zod';
import { issueToken } from '../tokens.js';

const run = promisify(execFile);
const pitwall = join(import.meta.dirname, '..', '..', 'controller', 'bin', 'pitwall.js');

/** A real controller process with its data in a folder of its own: it can be killed, and comes back at the same address. */
export class Hall {
  readonly #data = mkdtempSync(join(tmpdir(), 'pitwall-pages-'));
  readonly #config = join(this.#data, 'pitwall.yaml');
  #process: ChildProcess | undefined;
  #port = 0;
  #mqttPort = 0;
  marshal = '';
  organizer = '';

  readonly #role: 'all' | 'leaderboard';

  /** `more`: further lines of its configuration. */
  constructor(role: 'all' | 'leaderboard' = 'all', more = '') {
    this.#role = role;
    writeFileSync(this.#config, `boards:\n  - id: main\n    name: City Championship\n${more}`);
  }

  get url(): string {
    return `http://127.0.0.1:${this.#port}`;
  }

  get mqtt(): string {
    return `mqtt://127.0.0.1:${this.#mqttPort}`;
  }

  /** A token of a person or a machine. */
  token(role: Principal['role'], name: string): Promise<string> {
    return issueToken(this.#data, role, name);
  }

  /** A race that was exported elsewhere; before the start. */
  async importRace(records: readonly LogRecord[]): Promise<void> {
    const file = join(this.#data, 'race.json');
    writeFileSync(file, writeLog(records));
    await run(process.execPath, [pitwall, 'race', 'import', file, '--data', this.#data]);
  }

  /** Refuses all tokens of one holder. */
  async revoke(role: string, name: string): Promise<void> {
    await run(process.execPath, [
      pitwall,
      ...['token', 'revoke', '--role', role, '--name', name, '--data', this.#data],
    ]);
  }

  async start(): Promise<void> {
    const ports = ['--port', String(this.#port)];
    if (this.#role === 'all') ports.push('--mqtt-port', String(this.#mqttPort));
    else ports.push('--role', this.#role);
    const args = ['serve', '--json', '--config', this.#config, '--data', this.#data, ...ports];
    const child = spawn(process.execPath, [pitwall, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#process = child;
    const said: string[] = [];
    createInterface({ input: child.stderr }).on('line', (line) => said.push(line));
    for await (const line of createInterface({ input: child.stdout })) {
      const { type, url, mqtt } = JSON.parse(line) as { type: string; url: string; mqtt?: string };
      if (type !== 'ready') continue;
      this.#port = Number(new URL(url).port);
      if (mqtt !== undefined) this.#mqttPort = Number(new URL(mqtt).port);
      return;
    }
    throw new Error(`the controller did not come up: ${said.join(' | ')}`);
  }

  /** As when its computer loses power. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** As when its computer hangs: its connections stay open. */
  freeze(): void {
    this.#process?.kill('SIGSTOP');
  }

  thaw(): void {
    this.#process?.kill('SIGCONT');
  }

  async stop(): Promise<void> {
    await this.#end('SIGTERM');
    rmSync(this.#data, { recursive: true, force: true });
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#process;
    if (child === undefined) return;
    this.#process = undefined;
    const ended = once(child, 'exit');
    if (child.exitCode === null) child.kill(signal);
    await ended;
  }

  async createRace(race: CreateRaceInput): Promise<void> {
    await this.post('/api/v1/races', this.marshal, race);
  }

  async createBoard(board: BoardInput): Promise<void> {
    await this.post('/api/v1/leaderboards', this.organizer, board);
  }

  async sendResult(board: string, result: ResultInput): Promise<void> {
    await this.post(`/api/v1/leaderboards/${board}/results`, this.organizer, result);
  }

  async state(race: string): Promise<RaceState> {
    return parse(RaceState, await (await fetch(`${this.url}/api/v1/races/${race}`)).json(), `Race ${race}`);
  }

  /** Gives a command as somebody who has seen everything. */
  async give(race: string, command: z.input<typeof RaceCommand>, token = this.marshal): Promise<CommandOutcome> {
    const { seq } = await this.state(race);
    const answer = await this.post(`/api/v1/races/${race}/commands`, token, {
      commandId: crypto.randomUUID(),
      seen: seq,
      command,
    });
    return parse(CommandOutcome, answer, `The answer to ${command.type}`);
  }

  /** @throws Error with what the controller says. */
  async post(path: string, token: string, body: unknown): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const answer: unknown = await response.json();
    if (!response.ok) throw new Error(parse(ErrorBody, answer, path).error.message);
    return answer;
  }
}
