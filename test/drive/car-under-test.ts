import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ModelStore, stage } from '@pitwall/agent/model-store';
import { writeArchive } from '../hardware/archive.js';
import { StandInCameras } from '../hardware/stand-in-cameras.js';
import { MotorWatch } from './motor-watch.js';
import { nextStep } from './next-step.js';
import { fullThrottleProfile, type Rig } from './rigs.js';
import { processes, Terminal } from './terminal.js';
import { TrackClient } from './track-client.js';

const compiled = (path: string) =>
  fileURLToPath(new URL(import.meta.url.includes('/dist/') ? path : `../dist/drive/${path}`, import.meta.url));
const agentCommand = fileURLToPath(
  new URL(
    import.meta.url.includes('/dist/') ? '../../../agent/bin/pitwall-agent.js' : '../../agent/bin/pitwall-agent.js',
    import.meta.url,
  ),
);

/** The real agent in a real terminal, on a rig whose motor is watched, at full throttle whenever it drives. */
export class CarUnderTest {
  readonly rig: Rig;
  readonly motor: MotorWatch;
  readonly track = new TrackClient();
  readonly #cameras = new StandInCameras();
  readonly #rate: number;
  readonly #terminal: Terminal;
  readonly #folder = mkdtempSync(join(tmpdir(), 'pitwall-rig-'));
  readonly #config = join(this.#folder, 'agent.yaml');

  /** `rate`: of its camera, frames a second; it stops when three of them did not come. */
  constructor(rig: Rig, rate = 30) {
    this.rig = rig;
    this.#rate = rate;
    this.motor = new MotorWatch(rig);
    this.#terminal = new Terminal({
      ...this.#cameras.env,
      NODE_OPTIONS: `--import=file://${compiled('./block-on-signal.js')}`,
    });
  }

  async start(): Promise<void> {
    await Promise.all([this.rig.start(), this.track.start()]);
    const file = (name: string, text: string) => {
      writeFileSync(join(this.#folder, name), text);
      return join(this.#folder, name);
    };
    const models = join(this.#folder, 'models');
    await this.#carryModel(models);
    writeFileSync(
      this.#config,
      JSON.stringify({
        car: this.track.car,
        profile: file('profile.yaml', fullThrottleProfile(this.rig, this.#plugCamera())),
        link: {
          url: `mqtt://127.0.0.1:${this.track.port}`,
          passwordfile: file('password', this.track.password),
          // Only the named event of a try may stop the car: a busy machine must not cut in with a lost link.
          after: 5000,
        },
        models: { folder: models },
        recorder: { folder: join(this.#folder, 'recordings') },
      }),
    );
    this.#terminal.start();
  }

  /** The crew loaded it before: a start of the agent converts nothing. */
  async #carryModel(folder: string): Promise<void> {
    const archive = join(this.#folder, 'tiny.tar.gz');
    writeArchive(archive, 'tiny');
    const store = new ModelStore(folder, 2 ** 24);
    await store.start();
    const { hash } = await stage(store, { kind: 'file', path: archive });
    await store.choose(hash);
  }

  async stop(): Promise<void> {
    const agent = this.agent;
    if (agent !== undefined) {
      process.kill(agent, 'SIGCONT');
      process.kill(agent, 'SIGTERM');
      await this.gone(agent);
    }
    await this.#terminal.stop();
    await this.track.stop();
    await this.rig.stop();
    this.#cameras.remove();
    rmSync(this.#folder, { recursive: true, force: true });
  }

  /** One that sends what the model takes, and takes little of the processors that an emulated board needs. */
  #plugCamera(): object {
    const [width, height] = [160, 120];
    const device = this.#cameras.plug('video0', new Uint8Array(width * height).fill(90));
    return { kind: 'v4l2', device, format: 'grey', width, height, rate: this.#rate };
  }

  get agent(): number | undefined {
    return this.#terminal.find('pitwall-agent.js', 'run');
  }

  /** Waits for it: on a busy machine the agent may be starting it once more. */
  async #child(name: string): Promise<number> {
    const deadline = Date.now() + 20_000;
    for (;;) {
      const { agent } = this;
      const found = processes().find(({ parent, command }) => parent === agent && command.includes(name));
      if (found !== undefined) return found.pid;
      if (Date.now() > deadline) throw new Error(`the agent has no ${name}:\n${this.#terminal.output.slice(-2000)}`);
      await pause(20);
    }
  }

  /** The process that holds the outputs: the oldest of its kind, a spare one comes after it. */
  actuator(): Promise<number> {
    return this.#child('actuator/main.js');
  }

  get actuators(): number[] {
    return this.#actuators.map(({ pid }) => pid);
  }

  get #actuators() {
    const { agent } = this;
    return processes().filter(({ parent, command }) => parent === agent && command.includes('actuator/main.js'));
  }

  /** Where only one process can hold the outputs: until another one stands by, and has loaded everything. */
  async spare(): Promise<void> {
    if (this.rig.kind === 'sysfs-pwm') return;
    while (this.#actuators.length < 2) await pause(20);
    for (let before = -1, used = 0; used !== before; used = this.#actuators.at(-1)?.processor ?? 0) {
      before = used;
      await pause(80);
    }
  }

  /** What sends the camera's frames. */
  camera(): Promise<number> {
    return this.#child('stand-in-camera.js');
  }

  type(text: string): void {
    this.#terminal.type(text);
  }

  /** Drives at full throttle: starts the agent where none runs, and clears, arms and starts the car as it needs. */
  async drive(): Promise<void> {
    if (this.agent === undefined) {
      this.track.mark();
      this.#terminal.type(`${process.execPath} ${agentCommand} run --config ${this.#config}\n`);
      await this.track.until('presence', ({ status }) => status === 'online');
    }
    const deadline = Date.now() + 60_000;
    let { safety } = await this.track.insist({ type: 'throttle-scale', percent: 100 });
    while (Date.now() < deadline) {
      // A busy machine may fault the car again right away; then it is started again.
      if (safety === 'driving' && (await this.motor.full())) return;
      const reply = await this.track.insist({ type: nextStep[safety] });
      safety = reply.safety;
      // It has no picture yet, or its outputs do not answer yet.
      if (reply.code === 'arming-refused') await pause(50);
    }
    throw new Error(`the car does not drive:\n${this.terminal.slice(-2000)}`);
  }

  async gone(pid: number): Promise<void> {
    while (existsSync(`/proc/${pid}`)) await pause(2);
  }

  neutralCommand(): readonly string[] {
    return [agentCommand, 'neutral', '--config', this.#config];
  }

  get terminal(): string {
    return this.#terminal.output;
  }
}
