import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';

export interface UpdatedCarParts {
  readonly folder: string;
  readonly car: string;
  readonly token: string;
  readonly mqtt: string;
  readonly http: string;
  /** The public key that it trusts. */
  readonly key: string;
  /** The packaged version, laid out. */
  readonly packaged: string;
  /** s that a version on trial has. */
  readonly trial?: number;
}

/** A simulated car whose agent is installed as from a package, under a supervisor that starts it again as systemd does. */
export class UpdatedCar {
  readonly #parts: UpdatedCarParts;
  readonly state: string;
  readonly config: string;
  output = '';
  readonly #said = new EventEmitter().setMaxListeners(50);
  #child: ChildProcess | undefined;
  #isOn = false;

  constructor(parts: UpdatedCarParts) {
    this.#parts = parts;
    const { folder, car, token, mqtt, http, key } = parts;
    this.state = join(folder, 'state');
    this.config = join(folder, 'agent.yaml');
    mkdirSync(this.state, { recursive: true });
    writeFileSync(join(folder, 'password'), `${token}\n`, { mode: 0o600 });
    const link = { url: mqtt, http, passwordfile: join(folder, 'password'), after: 20_000 };
    const simulated = { track: 'oval' };
    const text = { car, profile: 'simulated', link, simulated, updates: { key }, recorder: { when: 'never' } };
    writeFileSync(this.config, JSON.stringify(text));
  }

  get versions(): string {
    return join(this.state, 'versions');
  }

  get chosen(): string {
    return existsSync(join(this.versions, 'chosen')) ? readFileSync(join(this.versions, 'chosen'), 'utf8').trim() : '';
  }

  /** A command of the agent as its user gives it in a terminal. */
  run(...args: readonly string[]): Promise<{ code: number | null; said: string }> {
    return new Promise((resolve) => {
      const child = spawn(join(this.#parts.packaged, 'bin/pitwall-agent'), args, { env: this.#env });
      let said = '';
      for (const stream of [child.stdout, child.stderr])
        stream.on('data', (text: Buffer) => {
          said += text.toString();
        });
      child.on('close', (code) => resolve({ code, said: said.trim() }));
    });
  }

  /** What the launcher would start now. */
  startsInto(): string {
    const [current = '', previous = '', proof] = this.chosen.split(' ');
    // One that was on trial was not up yet.
    const version = proof === 'trying' ? previous : current;
    return version === '' || version === 'packaged' ? '0.1.0' : version;
  }

  /** How far an update to a version is on the disk. */
  phaseOf(version: string): string {
    const names = existsSync(this.versions) ? readdirSync(this.versions) : [];
    const [current, , proof] = this.chosen.split(' ');
    if (current === version) return proof === 'kept' ? 'after it was up' : 'between switch and up';
    if (names.includes(version)) return 'before the switch';
    return names.includes(`.staging-${version}`) ? 'while it was fetched and unpacked' : 'before anything was written';
  }

  /** Every version that could be started has each of its files. */
  demandWhole(): void {
    for (const name of existsSync(this.versions) ? readdirSync(this.versions) : [])
      if (/^\d/.test(name))
        execFileSync('sha256sum', ['--check', '--quiet', 'MANIFEST'], { cwd: join(this.versions, name) });
  }

  /** Power on: the agent is started, and again whenever it ends. */
  on(): void {
    this.#isOn = true;
    this.#spawn();
  }

  #spawn(): void {
    const command = join(this.#parts.packaged, 'bin/pitwall-agent');
    const child = spawn(command, ['run', '--config', this.config], {
      env: this.#env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.#child = child;
    for (const stream of [child.stdout!, child.stderr!])
      stream.on('data', (text: Buffer) => {
        this.output += text.toString();
        this.#said.emit('said');
      });
    child.on('exit', () => {
      if (this.#isOn && this.#child === child) setTimeout(() => this.#isOn && this.#spawn(), 100);
    });
  }

  /** Whatever runs for this car is gone at once. */
  async cutPower(): Promise<void> {
    this.#isOn = false;
    for (let left = this.#processes(); left.length > 0; left = this.#processes()) {
      for (const pid of left)
        try {
          process.kill(pid, 'SIGKILL');
        } catch {
          // It went by itself.
        }
      await pause(5);
    }
    this.#child = undefined;
  }

  async off(): Promise<void> {
    this.#isOn = false;
    const child = this.#child;
    if (child !== undefined && child.exitCode === null && child.signalCode === null) {
      child.kill('SIGTERM');
      await once(child, 'exit');
    }
    await this.cutPower();
  }

  /** It has said this since `output` was emptied. */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) await once(this.#said, 'said', { signal: AbortSignal.timeout(60_000) });
  }

  get #env(): NodeJS.ProcessEnv {
    const { trial = 60 } = this.#parts;
    return { ...process.env, STATE_DIRECTORY: this.state, PITWALL_TRIAL: String(trial) };
  }

  /** All that have its state folder in their environment (proc(5)). */
  #processes(): number[] {
    const mark = `STATE_DIRECTORY=${this.state}\0`;
    return readdirSync('/proc').flatMap((name) => {
      if (!/^\d+$/.test(name)) return [];
      try {
        const isGone = /^State:\s*Z/m.test(readFileSync(`/proc/${name}/status`, 'utf8'));
        return !isGone && readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark) ? [Number(name)] : [];
      } catch {
        return [];
      }
    });
  }
}
