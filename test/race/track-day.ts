import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Principal } from '@pitwall/controller/accounts';
import type { Armable } from '@pitwall/protocol/messages';
import { stringify } from 'yaml';
import { issueToken } from '../tokens.js';

/** Tests run where they are written, benchmarks from where they are built to. */
const repository = fileURLToPath(
  new URL(import.meta.url.includes('/test/dist/') ? '../../../' : '../../', import.meta.url),
);
export const pitwall = join(repository, 'controller/bin/pitwall.js');
const pitwallAgent = join(repository, 'agent/bin/pitwall-agent.js');
export const model = join(repository, 'agent/models/sample.tar.gz');
export const track = join(repository, 'protocol/tracks/harbour.json');
const run = promisify(execFile);

interface Ready {
  readonly url: string;
  readonly mqtt: string;
}

/** The real processes of a race on this machine: controller, gate, car. Each can be killed and started again. */
export class TrackDay {
  readonly folder: string;
  #controller: ChildProcess | undefined;
  #others: ChildProcess[] = [];
  #ready: Ready | undefined;
  #organizer = '';

  private constructor(folder: string) {
    this.folder = folder;
  }

  /** `broker`: URL of one outside, instead of the controller's own. */
  static async open(broker?: string): Promise<TrackDay> {
    const day = new TrackDay(await mkdtemp(join(tmpdir(), 'pitwall-race-')));
    await writeFile(
      join(day.folder, 'controller.yaml'),
      stringify({
        data: day.folder,
        boards: [{ id: 'hall', name: 'Hall' }],
        ...(broker === undefined ? {} : { mqtt: { url: broker } }),
      }),
    );
    day.#organizer = await day.token('organizer', 'anna');
    await day.startController();
    return day;
  }

  get url(): string {
    if (this.#ready === undefined) throw new Error('the controller has not started');
    return this.#ready.url;
  }

  get mqtt(): string {
    if (this.#ready === undefined) throw new Error('the controller has not started');
    return this.#ready.mqtt;
  }

  token(role: Principal['role'], name: string): Promise<string> {
    return issueToken(this.folder, role, name);
  }

  /** The first start takes any free ports, every later one the same again. */
  async startController(): Promise<void> {
    const port = this.#ready === undefined ? '0' : new URL(this.#ready.url).port;
    const mqttPort = this.#ready === undefined ? '0' : new URL(this.#ready.mqtt).port;
    const config = ['--config', join(this.folder, 'controller.yaml')];
    const child = this.#spawn(pitwall, ['serve', ...config, '--port', port, '--mqtt-port', mqttPort, '--json']);
    this.#controller = child;
    for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
      const said = JSON.parse(line) as { type: string } & Ready;
      if (said.type !== 'ready') continue;
      this.#ready = { url: said.url, mqtt: said.mqtt };
      // What it says later is of no interest here, but must be read.
      child.stdout?.resume();
      return;
    }
    throw new Error('the controller ended before it was ready');
  }

  get controllerPid(): number {
    return this.#controller?.pid ?? 0;
  }

  /** SIGKILL: no chance to put anything away. */
  async killController(): Promise<void> {
    const child = this.#controller as ChildProcess;
    child.kill('SIGKILL');
    await once(child, 'exit');
  }

  /** `broker`: where the gate connects, for those who put something in between. */
  async startGate(id: string, broker = this.mqtt): Promise<void> {
    const places = ['--data', join(this.folder, 'gate'), '--socket', this.#poses, '--track', track, '--broker', broker];
    const token = await this.token('gate', id);
    this.#others.push(
      this.#spawn(pitwall, ['gate', 'simulate', '--id', id, ...places], { PITWALL_GATE_BROKER_TOKEN: token }),
    );
  }

  async startCar(car: string): Promise<void> {
    await mkdir(this.folder, { recursive: true });
    const passwordfile = join(this.folder, `${car}.token`);
    await writeFile(passwordfile, await this.token('car', car), { mode: 0o600 });
    const config = join(this.folder, `${car}.yaml`);
    await writeFile(
      config,
      stringify({
        car,
        profile: 'simulated',
        model,
        // The controller is killed and comes back meanwhile; the car drives on.
        link: { url: this.mqtt, passwordfile, after: 20_000 },
        models: { folder: join(this.folder, 'models') },
        recorder: { folder: join(this.folder, 'recordings') },
        simulated: { track, poses: this.#poses },
      }),
    );
    this.#others.push(this.#spawn(pitwallAgent, ['run', '--config', config]));
  }

  /** Until nothing keeps the car from being armed: its model, camera and outputs come one after the other. */
  async carIsReady(car: string): Promise<void> {
    for (;;) {
      const answer = (await this.post(`/api/v1/cars/${car}/commands`, { action: { type: 'check' } })) as {
        armable?: Armable;
      };
      if (answer.armable?.ok === true) return;
      await wait(100);
    }
  }

  async get(path: string): Promise<unknown> {
    const response = await fetch(this.url + path);
    return await response.json();
  }

  /** Posts as the organizer. @throws with the answer where it is not a success. */
  async post(path: string, body: unknown, token = this.#organizer): Promise<unknown> {
    const response = await fetch(this.url + path, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: `Bearer ${token}` },
      body: JSON.stringify(body),
    });
    const answer = await response.json();
    if (!response.ok) throw new Error(`${path}: ${response.status} ${JSON.stringify(answer)}`);
    return answer;
  }

  /** Ends what is still running, the car first. */
  async close(): Promise<void> {
    for (const child of [...this.#others.reverse(), this.#controller]) {
      if (child === undefined || child.exitCode !== null || child.signalCode !== null) continue;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    }
    await rm(this.folder, { recursive: true, force: true });
  }

  get #poses(): string {
    return join(this.folder, 'poses.sock');
  }

  #spawn(script: string, args: readonly string[], env: Record<string, string> = {}): ChildProcess {
    return spawn(process.execPath, [script, ...args], {
      stdio: ['ignore', script === pitwall && args[0] === 'serve' ? 'pipe' : 'ignore', 'inherit'],
      env: { ...process.env, ...env },
    });
  }
}

/** What `pitwall-agent evaluate --json` prints for the sample model. */
export async function evaluate(laps: number): Promise<unknown> {
  const args = ['evaluate', model, '--track', track, '--laps', String(laps), '--trials', '1', '--json'];
  return JSON.parse((await run(process.execPath, [pitwallAgent, ...args])).stdout);
}
