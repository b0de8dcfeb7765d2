import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { Accounts, accountMigrations, type Role } from '@pitwall/controller/accounts';
import { openStore } from '@pitwall/controller/store';
import type { OnlineRace, OnlineSetupInput, Submission, SubmissionList } from '@pitwall/protocol/api';
import { stringify } from 'yaml';

/** Tests run where they are written, benchmarks from where they are built to. */
const repository = fileURLToPath(
  new URL(import.meta.url.includes('/test/dist/') ? '../../../' : '../../', import.meta.url),
);
const pitwall = join(repository, 'controller/bin/pitwall.js');
/** Four checkpoints, and one network alone. */
export const archivePath = join(repository, 'agent/models/sample-training.tar.gz');
export const trainingArchive = readFileSync(archivePath);
export const carArchive = readFileSync(join(repository, 'agent/models/sample.tar.gz'));

export type Final = Exclude<Submission['status']['state'], 'queued' | 'evaluating' | 'ranking'>;
const under: readonly string[] = ['queued', 'evaluating', 'ranking'];

export interface CircuitOptions {
  /** Absent: SQLite in the folder. */
  readonly database?: string;
  /** The `evaluation` part of the configuration. */
  readonly evaluation?: object;
}

/** A controller and evaluators as processes of their own, over one database; people with tokens. */
export class Circuit {
  readonly folder = mkdtempSync(join(tmpdir(), 'pitwall-online-'));
  readonly database: string;
  readonly #config: string;
  readonly #children = new Set<ChildProcess>();
  readonly #tokens = new Map<string, string>();
  url = '';

  private constructor({ database, evaluation }: CircuitOptions) {
    this.database = database ?? join(this.folder, 'pitwall.db');
    this.#config = join(this.folder, 'pitwall.yaml');
    writeFileSync(this.#config, stringify({ data: this.folder, database: this.database, evaluation }));
  }

  /** `people`: racers; beside them there is the organizer olga. */
  static async open(people: readonly string[], options: CircuitOptions = {}): Promise<Circuit> {
    const circuit = new Circuit(options);
    const store = await openStore(circuit.database, [accountMigrations]);
    const accounts = new Accounts(store);
    const add = async (role: Role, name: string) => circuit.#tokens.set(name, await accounts.issue({ name, role }));
    await add('organizer', 'olga');
    for (const name of people) await add('racer', name);
    await store.close();
    const ready = await circuit.#serve(['--port', '0', '--mqtt-port', '0']);
    circuit.url = ready.url;
    return circuit;
  }

  token(who: string): string {
    return this.#tokens.get(who) ?? '';
  }

  /** A worker as a process of its own. */
  async evaluator(env: Readonly<Record<string, string>> = {}, prefix: readonly string[] = []): Promise<ChildProcess> {
    return (await this.#serve(['--role', 'evaluator'], { PITWALL_EVALUATION_WORKERS: '1', ...env }, prefix)).child;
  }

  async #serve(args: readonly string[], env: Readonly<Record<string, string>> = {}, prefix: readonly string[] = []) {
    const words = [...prefix, process.execPath, pitwall, 'serve', '--json', '--config', this.#config, ...args];
    const [command = '', ...rest] = words;
    const child = spawn(command, rest, {
      stdio: ['ignore', 'pipe', process.env.PITWALL_TEST_LOG ? 'inherit' : 'ignore'],
      env: { ...process.env, ...env },
    });
    this.#children.add(child);
    for await (const line of createInterface({ input: child.stdout })) {
      const { type, url = '' } = JSON.parse(line) as { type: string; url?: string };
      if (type !== 'ready') continue;
      child.stdout.resume();
      return { child, url };
    }
    throw new Error('a process of the circuit ended before it was ready');
  }

  async kill(child: ChildProcess, signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.#children.delete(child);
    if (child.exitCode !== null || child.signalCode !== null) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }

  async close(): Promise<void> {
    await Promise.all([...this.#children].map((child) => this.kill(child, 'SIGTERM')));
    rmSync(this.folder, { recursive: true, force: true });
  }

  async call<T>(who: string, method: string, path: string, body?: unknown): Promise<T> {
    const response = await fetch(`${this.url}/api/v1${path}`, {
      method,
      headers: {
        ...(who === '' ? {} : { authorization: `Bearer ${this.token(who)}` }),
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    if (!response.ok) throw new Error(`${method} ${path}: ${text}`);
    return (text === '' ? undefined : JSON.parse(text)) as T;
  }

  /** A race that is open now, with the racers in it. */
  async race(setup: Partial<OnlineSetupInput>, racers: readonly string[]): Promise<string> {
    const now = Date.now();
    const whole = {
      kind: 'online',
      name: 'Online race',
      opensAt: now - 1000,
      closesAt: now + 3_600_000,
      track: { id: 'oval', version: 1 },
      rules: { name: 'One lap', laps: 1 },
      ...setup,
    };
    const { race } = await this.call<OnlineRace>('olga', 'POST', '/races', {
      commandId: crypto.randomUUID(),
      setup: whole,
    });
    for (const racer of racers) await this.call(racer, 'POST', `/online/${race}/entries`);
    return race;
  }

  async submit(race: string, racer: string, archive: Uint8Array, name = 'model'): Promise<Submission> {
    const response = await fetch(`${this.url}/api/v1/online/${race}/submissions?name=${name}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${this.token(racer)}`, 'content-type': 'application/gzip' },
      body: archive as Uint8Array<ArrayBuffer>,
    });
    if (!response.ok) throw new Error(await response.text());
    return (await response.json()) as Submission;
  }

  async submissions(race: string, who = 'olga'): Promise<Submission[]> {
    return (await this.call<SubmissionList>(who, 'GET', `/online/${race}/submissions?limit=200`)).submissions;
  }

  /** All submissions of a race, oldest first, once each has come to its end. */
  async finished(race: string, timeoutMs = 60_000, everyMs = 50): Promise<Submission[]> {
    const deadline = performance.now() + timeoutMs;
    for (;;) {
      const all = await this.submissions(race);
      if (all.every(({ status }) => !under.includes(status.state))) return all.reverse();
      if (performance.now() > deadline)
        throw new Error(`still under way: ${JSON.stringify(all.map((one) => one.status))}`);
      await new Promise((resolve) => setTimeout(resolve, everyMs));
    }
  }
}
