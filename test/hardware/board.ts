import { type ChildProcess, execFileSync, fork } from 'node:child_process';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { FromBoard, ToBoard } from './board-process.js';
import type { Feels } from './emulated-mpu6050.js';
import { SerialCable, socat } from './serial-cable.js';

/** From test/dist/hardware or test/hardware to the root of the repository. */
const root = join(
  fileURLToPath(new URL('.', import.meta.url)),
  import.meta.url.includes('/dist/') ? '../../..' : '../..',
);
const standardFirmata = join(root, 'node_modules/.cache/pitwall/StandardFirmata.hex');
const compiler = '/usr/bin/avr-gcc';

/** What is missing here to emulate boards; undefined when nothing is. */
export function missingForBoards(): string | undefined {
  if (!existsSync(socat)) return 'socat';
  if (!existsSync(compiler)) return 'gcc-avr';
  if (!existsSync(standardFirmata)) return 'the StandardFirmata firmware (npm test fetches it)';
  return undefined;
}

/** The Intel HEX of a firmware; our own is compiled from its source. */
export function firmware(kind: 'firmata' | 'drive-unit', folder: string): string {
  if (kind === 'firmata') return standardFirmata;
  execFileSync('make', ['-s', '-C', join(root, 'firmware-config/firmware'), 'drive-unit', `OUT=${folder}`]);
  return join(folder, 'drive-unit.hex');
}

/** A real board and its cable share no processor with the car's computer: they go first, where that is allowed. */
function goesFirst(pid: number | undefined): void {
  try {
    execFileSync('chrt', ['--all-tasks', '--rr', '--pid', '1', String(pid)], { stdio: 'ignore' });
  } catch {
    // Not for every user; how long the board stood still is counted all the same.
  }
}

export interface TimedPulse {
  readonly pin: number;
  readonly micros: number;
  /** µs of CLOCK_MONOTONIC, when it ended. */
  readonly at: number;
}

/** An emulated board with a serial port of its own, as the agent sees a real one. */
export class Board {
  /** The serial port. */
  readonly port: string;
  readonly #folder = mkdtempSync(join(tmpdir(), 'pitwall-board-'));
  readonly #kind: 'firmata' | 'drive-unit';
  #process: ChildProcess | undefined;
  readonly #cable: SerialCable;
  #tcp = 0;
  /** How long it stood still so far because this machine was busy, in s. */
  slipped = 0;
  onPulse: (pulse: TimedPulse) => void = () => {};

  constructor(kind: 'firmata' | 'drive-unit') {
    this.#kind = kind;
    this.port = join(this.#folder, 'tty');
    this.#cable = new SerialCable(this.port, goesFirst);
  }

  async start(): Promise<void> {
    const entry = fileURLToPath(new URL('./board-process.js', import.meta.url)).replace(
      join(root, 'test/hardware'),
      join(root, 'test/dist/hardware'),
    );
    const board = fork(entry, [firmware(this.#kind, this.#folder)]);
    this.#process = board;
    goesFirst(board.pid);
    this.#tcp = await new Promise<number>((resolve, reject) => {
      board.once('exit', () => reject(new Error('the emulated board ended')));
      board.on('message', (message) => {
        const told = message as FromBoard;
        if (told.type === 'listening') resolve(told.port);
        else if (told.type === 'slipped') this.slipped = told.seconds;
        else for (const pulse of told.pulses) this.onPulse(pulse);
      });
    });
    await this.plug();
  }

  /** What an MPU-6050 on its I²C pins feels from now on; null: it is not there. */
  feel(feels: Feels | null): void {
    this.#tell({ feels });
  }

  /** It restarts by itself. */
  reset(): void {
    this.#tell({ reset: true });
  }

  #tell(message: ToBoard): void {
    this.#process?.send(message);
  }

  /** Plugs the cable in: the serial port appears. */
  plug(): Promise<void> {
    return this.#cable.plug(this.#tcp);
  }

  /** Pulls the cable out. */
  unplug(): Promise<void> {
    return this.#cable.unplug();
  }

  async stop(): Promise<void> {
    await this.unplug();
    this.#process?.removeAllListeners('exit');
    this.#process?.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
