import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { release } from 'node:os';
import { createInterface } from 'node:readline';
import type { Micros } from '@pitwall/protocol';
import { type Clock, endChild, endingWithParent, Retry } from '@pitwall/runtime';
import { giveBack, sysfsPin } from '../gpio/index.js';
import type { Sensor, SensorEvents } from '../sensor.js';
import { WallClock } from '../wall-clock.js';
import { chipName } from './chip-name.js';
import {
  argumentsOf,
  type GpiodVersion,
  type GpiomonEvent,
  type GpiomonLines,
  parseEvent,
  versionOf,
} from './format.js';
import { stampsMonotonic } from './kernel.js';

/** From the edge to the kernel's stamp in its hard interrupt: tens of µs on a busy Pi. Rounding included. */
const stampError = 50 as Micros;
/** Where the kernel stamps by the wall clock: from the edge to this process, when nothing is in the way. */
const pipeDelay = 2000;
/** A stamp of the monotonic clock lies no further before its arrival than lines wait in pipes and buffers, and hardly behind it. */
const longestWait = 600_000_000;
const earliest = -100_000;
const lookMs = 1000;
/** A child that lives this long has its lines. */
const settledMs = 300;

export interface GpiomonHost {
  /** Where the kernel shows lines that sysfs holds. */
  readonly sysfs?: string;
  /** The kernel's release. */
  readonly kernel?: string;
}

/** Edges by libgpiod's `gpiomon`, supervised: it is started again whenever it ends, and stamps by the kernel's clock. */
export class GpiomonSensor implements Sensor {
  readonly #wanted: Omit<GpiomonLines, 'chip'>;
  readonly #chips: readonly string[];
  readonly #clock: Clock;
  readonly #sysfs: string;
  readonly #isMonotonic: boolean;
  /** Only where stamps are not of the monotonic clock, each direction by itself: nothing says that both are told as quickly. */
  #wallClocks: readonly [WallClock, WallClock] | undefined;
  #lookedAt = 0;
  #events: SensorEvents | undefined;
  #child: ChildProcess | undefined;
  #settling: NodeJS.Timeout | undefined;
  #looking: NodeJS.Timeout | undefined;
  readonly #retry = new Retry({ firstMs: 100, mostMs: 5000 });
  #stopped = true;

  /**
   * @param wanted its chip by name or label, or several of which the first that is there is taken
   */
  constructor(
    { chip, ...wanted }: Omit<GpiomonLines, 'chip'> & { readonly chip: string | readonly string[] },
    clock: Clock,
    { sysfs = '/sys/class/gpio', kernel = release() }: GpiomonHost = {},
  ) {
    this.#wanted = wanted;
    this.#chips = typeof chip === 'string' ? [chip] : chip;
    this.#clock = clock;
    this.#sysfs = sysfs;
    this.#isMonotonic = stampsMonotonic(kernel);
  }

  async start(events: SensorEvents): Promise<void> {
    this.#events = events;
    this.#stopped = false;
    await this.#launch();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry.stop();
    clearTimeout(this.#settling);
    clearInterval(this.#looking);
    const child = this.#child;
    // A stopped child (SIGSTOP) would not take a SIGTERM.
    if (child !== undefined) await endChild(child, 'SIGKILL');
  }

  async #launch(): Promise<void> {
    const version = await installedVersion();
    if (this.#stopped) return;
    if (version === undefined)
      return this.#again('gpiomon is not installed: on Debian and Raspberry Pi OS, apt install gpiod');
    const chip = await chipName(this.#chips);
    if (this.#stopped) return;
    if ('why' in chip) return this.#again(chip.why);
    this.#watch(version, { ...this.#wanted, chip: chip.name });
  }

  #watch(version: GpiodVersion, wanted: GpiomonLines): void {
    // When this process dies its child must not stay and keep the lines busy until the next edge.
    const command = endingWithParent('KILL', ['gpiomon', ...argumentsOf(version, wanted)]);
    const [program, ...rest] = command as [string, ...string[]];
    const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'pipe'] });
    this.#child = child;
    let complaint = '';
    child.stderr.on('data', (data: Buffer) => {
      complaint = `${complaint}${data.toString('utf8')}`.slice(-500);
    });
    const ok = () => {
      clearTimeout(this.#settling);
      this.#retry.worked();
      this.#events?.status('ok', `gpiomon watches ${wanted.chip} ${this.#wanted.lines.join(', ')}`);
    };
    this.#settling = setTimeout(ok, settledMs);
    createInterface({ input: child.stdout }).on('line', (text): void => {
      // What the child had said before it was ended.
      if (this.#stopped) return;
      const event = parseEvent(version, text);
      if (event === undefined) {
        this.#events?.lost(1);
        return;
      }
      if (this.#retry.failures > 0) ok();
      const sensor = this.#wanted.lines.indexOf(event.line);
      if (sensor < 0) {
        this.#events?.note(`gpiomon told of line ${event.line}, for which it was not asked`);
        this.#events?.lost(1);
        return;
      }
      const stamp = this.#stampOf(event, frozen);
      this.#events?.edge({ bootId: this.#clock.bootId, ...stamp, level: event.level, sensor });
    });
    let frozen = false;
    this.#lookedAt = this.#clock.now();
    this.#looking = setInterval(() => {
      this.#lookedAt = this.#clock.now();
      const isFrozen = isStopped(child.pid);
      if (isFrozen) {
        if (!frozen)
          this.#events?.status('gone', 'gpiomon stands still (somebody sent it SIGSTOP); it is told to go on');
        child.kill('SIGCONT');
      } else if (frozen) ok();
      frozen = isFrozen;
    }, lookMs);
    let ended = false;
    const end = (why: string) => {
      if (ended) return;
      ended = true;
      clearTimeout(this.#settling);
      clearInterval(this.#looking);
      this.#child = undefined;
      // "Device or resource busy": where sysfs has it, a gate by sysfs left it when it was killed.
      if (/busy/i.test(complaint)) this.#takeOver();
      if (!this.#stopped) this.#again(`gpiomon ended (${complaint.trim().split('\n').at(-1) || why})`);
    };
    child.once('error', (error) => end(error.message));
    child.once('close', (code, signal) => end(signal ?? `exit code ${code}`));
  }

  #takeOver(): void {
    for (const line of this.#wanted.lines) {
      const pin = sysfsPin(this.#sysfs, this.#chips, line);
      if (typeof pin === 'number' && giveBack(this.#sysfs, pin))
        this.#events?.note(`line ${line} was left exported in ${this.#sysfs}; it is taken over`);
    }
  }

  /**
   * The kernel's stamp, if it is one of our clock. A wall clock is seen by its arrivals, but for one that was never set: it began
   * when the machine did, and only the kernel's age tells it from ours.
   */
  #stampOf({ at, level }: GpiomonEvent, frozen: boolean): { at: Micros; uncertainty: Micros } {
    const arrival = this.#clock.now();
    const distance = arrival - at;
    if (this.#isMonotonic && distance >= earliest && distance < longestWait) return { at, uncertainty: stampError };
    const isNew = this.#wallClocks === undefined;
    this.#wallClocks ??= [new WallClock(pipeDelay), new WallClock(pipeDelay)];
    const [falling, rising] = this.#wallClocks;
    const wasAway = arrival - this.#lookedAt > 2 * lookMs * 1000;
    const placed = (level === 0 ? falling : rising).place(at, arrival, frozen || wasAway);
    if (isNew || placed.isStep) this.#events?.wallClock?.(Math.max(falling.steps, rising.steps));
    return { at: placed.at, uncertainty: Math.min(Number.MAX_SAFE_INTEGER, placed.error + stampError) as Micros };
  }

  #again(why: string): void {
    this.#events?.status('gone', why);
    this.#retry.again(() => this.#launch());
  }
}

function installedVersion(): Promise<GpiodVersion | undefined> {
  return new Promise((resolve) =>
    execFile('gpiomon', ['--version'], { timeout: 5000 }, (_, stdout) => resolve(versionOf(stdout))),
  );
}

/**
 * Whether a process is held still, by a signal or a tracer. That it hangs in another way cannot be known: one that waits for
 * an edge looks the same.
 */
function isStopped(pid: number | undefined): boolean {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return /^[Tt]/.test(stat.slice(stat.lastIndexOf(')') + 2));
  } catch {
    return false;
  }
}
