import { type ChildProcess, spawn } from 'node:child_process';
import { EventEmitter, once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { writeArchive } from '../hardware/archive.js';
import { processes } from './terminal.js';

export const agentCommand = fileURLToPath(
  new URL(
    import.meta.url.includes('/dist/') ? '../../../agent/bin/pitwall-agent.js' : '../../agent/bin/pitwall-agent.js',
    import.meta.url,
  ),
);

export interface AgentSettings {
  readonly track: { readonly car: string; readonly port: number; readonly password: string };
  /** The name of a profile, or the text of one. */
  readonly profile?: string;
  /** false: none */
  readonly model?: string | false;
  /** How its recorder keeps pictures. */
  readonly pictures?: 'jpeg' | 'png';
  /** More of the configuration, as an object. */
  readonly over?: Record<string, unknown>;
  readonly env?: Record<string, string>;
  /** A program that starts it, with its arguments. */
  readonly under?: (recordings: string) => readonly string[];
}

/** A folder with everything that one agent needs, and the agent as its own process. */
export class Agent {
  readonly folder = mkdtempSync(join(tmpdir(), 'pitwall-agent-'));
  readonly config: string;
  readonly poses = join(this.folder, 'poses');
  /** What systemd makes for the service. */
  readonly state = join(this.folder, 'state');
  readonly recordings = join(this.folder, 'recordings');
  readonly #env: Record<string, string>;
  readonly #under: readonly string[];
  process: ChildProcess | undefined;
  output = '';
  readonly #said = new EventEmitter();

  constructor({
    track,
    profile = 'simulated',
    model,
    pictures = 'jpeg',
    over = {},
    env = {},
    under = () => [],
  }: AgentSettings) {
    this.#env = env;
    this.#under = under(this.recordings);
    const file = (name: string, text: string) => {
      writeFileSync(join(this.folder, name), text);
      return join(this.folder, name);
    };
    const archive = join(this.folder, 'tiny.tar.gz');
    if (model === undefined) writeArchive(archive, 'tiny');
    this.config = file(
      'agent.yaml',
      JSON.stringify({
        car: track.car,
        profile: profile.includes('\n') ? file('profile.yaml', profile) : profile,
        ...(model === false ? {} : { model: model ?? archive }),
        link: { url: `mqtt://127.0.0.1:${track.port}`, passwordfile: file('password', `${track.password}\n`) },
        recorder: { folder: this.recordings, pictures },
        simulated: { track: 'oval', poses: this.poses },
        ...over,
        // A car whose crew raised it: what it does is told by its pulses.
        driving: { scale: 100, ...(over.driving as object | undefined) },
      }),
    );
  }

  readConfig(): string {
    return readFileSync(this.config, 'utf8');
  }

  writeConfig(config: object): void {
    writeFileSync(this.config, JSON.stringify(config));
  }

  start(): void {
    const [program, ...args] = [...this.#under, process.execPath, agentCommand, 'run', '--config', this.config];
    const agent = spawn(program as string, args, {
      env: { ...process.env, STATE_DIRECTORY: this.state, ...this.#env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.process = agent;
    for (const stream of [agent.stdout, agent.stderr])
      stream.on('data', (text: Buffer) => {
        this.output += text.toString();
        this.#said.emit('said');
      });
  }

  get pid(): number {
    return this.process!.pid!;
  }

  /** Its processes of a kind: `actuator` (the one that holds the outputs first), `world`. */
  children(kind: 'actuator' | 'world'): number[] {
    const name = kind === 'actuator' ? 'actuator/main.js' : 'world-process.js';
    return processes()
      .filter(({ parent, command }) => parent === this.pid && command.includes(name))
      .map(({ pid }) => pid);
  }

  /** Its terminal has shown this. */
  async says(text: string): Promise<void> {
    while (!this.output.includes(text)) await once(this.#said, 'said');
  }

  async ended(): Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }> {
    const agent = this.process!;
    if (agent.exitCode === null && agent.signalCode === null) await once(agent, 'exit');
    return { code: agent.exitCode, signal: agent.signalCode };
  }

  /** As a supervisor ends it; its folder stays. */
  async end(): Promise<void> {
    if (this.process === undefined) return;
    this.process.kill('SIGCONT');
    this.process.kill('SIGTERM');
    await this.ended();
  }

  async stop(): Promise<void> {
    await this.end();
    rmSync(this.folder, { recursive: true, force: true });
  }
}
