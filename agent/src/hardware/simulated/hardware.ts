import { type ChildProcess, fork } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type ErrorCode, PitwallError } from '@pitwall/protocol';
import type { Pose } from '@pitwall/protocol/messages';
import type { Camera, Frame } from '../camera.js';
import type { DeviceHealth } from '../device.js';
import type { Lidar, Scan } from '../lidar.js';
import type { FromWorld, ToWorld, WorldSettings } from './messages.js';

export type SimulatedSettings = Omit<WorldSettings, 'wires'>;

/**
 * A simulated car in a simulated world, in a process of its own, as the real world is: it goes on when the agent
 * hangs, and motor and steering are wires into it that the actuator process holds. It has two cameras and a lidar: a model
 * that wants less does not look at them.
 */
export class SimulatedHardware implements Camera {
  readonly rate: number;
  /** The Unix socket of motor and steering. */
  readonly wires: string;
  readonly #settings: SimulatedSettings;
  readonly #folder: string;
  readonly #onGone: (message: string) => void;
  #world: ChildProcess | undefined;
  #built = false;
  #pose: Pose | null = null;
  #onFrame: (frame: Frame) => void = () => {};
  #onScan: ((scan: Scan) => void) | undefined;
  #scanned = false;

  constructor(settings: SimulatedSettings, onGone: (message: string) => void) {
    this.#settings = settings;
    this.#onGone = onGone;
    this.rate = settings.rate;
    this.#folder = mkdtempSync(join(tmpdir(), 'pitwall-car-'));
    this.wires = join(this.#folder, 'wires');
  }

  get health(): DeviceHealth {
    return { state: this.#pose === null ? 'starting' : 'there', message: null, losses: 0 };
  }

  readonly lidar: Lidar = simulatedLidar({
    isThere: () => this.#scanned,
    listen: (onScan) => {
      this.#onScan = onScan;
    },
  });

  /** Where the car is, for the map; null before the first frame. */
  get pose(): Pose | null {
    return this.#pose;
  }

  /** Of the world's looks. */
  get seed(): number {
    return this.#settings.seed;
  }

  /** Someone carries the car back to where it stood at first. */
  setOnStart(): void {
    this.#world?.send({ type: 'set-on-start' } satisfies ToWorld, () => undefined);
  }

  async start(onFrame: (frame: Frame) => void): Promise<void> {
    this.#onFrame = onFrame;
  }

  /** Ends when the world stands. @throws PitwallError when it cannot be built (a wrong track, a taken socket). */
  async open(): Promise<void> {
    const settings: WorldSettings = { ...this.#settings, wires: this.wires };
    const world = fork(fileURLToPath(new URL('./world-process.js', import.meta.url)), [JSON.stringify(settings)], {
      serialization: 'advanced',
      stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
      execArgv: [],
      env: {},
      // Out of the terminal's group: Ctrl-C is the agent's, which stops the car first and then its world.
      detached: true,
    });
    this.#world = world;
    await new Promise<void>((resolve, reject) => {
      world.on('message', (message) => {
        const told = message as FromWorld;
        if (told.type === 'ready') {
          this.#built = true;
          resolve();
        } else if (told.type === 'failed') reject(new PitwallError(told.code as ErrorCode, told.message));
        else if (told.type === 'scan') {
          this.#scanned = true;
          this.#onScan?.({ at: told.at, ranges: told.ranges });
        } else {
          this.#pose = told.pose;
          const eye = (data: Uint8Array): Frame => ({ at: told.at, format: 'grey', width: 160, height: 120, data });
          this.#onFrame({ ...eye(told.left), right: eye(told.right) });
        }
      });
      world.once('error', reject);
      world.once('exit', (code, signal) => {
        const message = `the simulated world ended (${signal ?? `exit code ${code}`})`;
        reject(new PitwallError('internal-error', `${message}.`));
        if (this.#world !== undefined) this.#onGone(message);
      });
    });
  }

  async stop(): Promise<void> {
    const world = this.#world;
    this.#world = undefined;
    // What it sent before its end may come after it.
    this.#onFrame = () => {};
    this.#onScan = undefined;
    if (world !== undefined && world.exitCode === null && world.signalCode === null) {
      const gone = new Promise((resolve) => world.once('exit', resolve));
      // A world that is still being built hears nothing yet, and has nothing to put away. Others are told: Node closes no channel on
      // which a message is half read (lib/internal/child_process.js, `_disconnect`), and often a frame is.
      if (this.#built) world.send({ type: 'end' } satisfies ToWorld, () => undefined);
      else world.kill('SIGKILL');
      await gone;
    }
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

/** The lidar on top of the simulated car: it turns as long as the world does. */
const simulatedLidar = (world: {
  readonly isThere: () => boolean;
  readonly listen: (onScan: ((scan: Scan) => void) | undefined) => void;
}): Lidar => ({
  get health(): DeviceHealth {
    return { state: world.isThere() ? 'there' : 'starting', message: null, losses: 0 };
  },
  start: async (onScan) => world.listen(onScan),
  stop: async () => world.listen(undefined),
});
