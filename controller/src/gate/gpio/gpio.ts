import { type ChildProcess, fork } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type { Micros } from '@pitwall/protocol';
import { type Clock, Retry } from '@pitwall/runtime';
import type { Sensor, SensorEvents } from '../sensor.js';
import type { FromChild } from './edge-source.js';
import { giveBack, sysfsPin } from './pin.js';

/** From the interrupt to the child's callback: a tenth of a millisecond on an idle Pi, up to a whole one on a busy one. */
const wakeError = 1000 as Micros;
const sysfs = '/sys/class/gpio';

export interface GpioOptions {
  /** The chip's label; of several the first that is there. */
  readonly chip: string | readonly string[];
  readonly lines: readonly number[];
  /** Where sysfs has its GPIO. */
  readonly root?: string;
  /** What watches the pins: a module that calls `watchPins`. */
  readonly program?: string;
}

/** Edges through sysfs and epoll (onoff), watched by a child that does nothing else. */
export class GpioSensor implements Sensor {
  readonly #options: GpioOptions;
  readonly #clock: Clock;
  #child: ChildProcess | undefined;
  readonly #retry = new Retry({ firstMs: 200, mostMs: 5000 });
  #stopped = true;
  /** Lines that it watched, also those that an earlier gate left exported. */
  readonly #pins = new Set<number>();

  constructor(options: GpioOptions, clock: Clock) {
    this.#options = options;
    this.#clock = clock;
  }

  async start(events: SensorEvents): Promise<void> {
    this.#stopped = false;
    this.#watch(events);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry.stop();
    const child = this.#child;
    if (child === undefined) return;
    this.#child = undefined;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
    for (const pin of this.#pins) giveBack(this.#options.root ?? sysfs, pin);
  }

  #watch(events: SensorEvents): void {
    const { chip, lines, root = sysfs, program } = this.#options;
    const pins = lines.map((line) => sysfsPin(root, typeof chip === 'string' ? [chip] : chip, line));
    const why = pins.find((pin) => typeof pin === 'string');
    if (why !== undefined) {
      this.#again(events, String(why));
      return;
    }
    for (const pin of pins as number[]) this.#pins.add(pin);
    const child = fork(program ?? fileURLToPath(new URL('./onoff-process.js', import.meta.url)), pins.map(String), {
      serialization: 'advanced',
    });
    this.#child = child;
    let complaint: string | undefined;
    child.on('message', (message: FromChild) => {
      // What the child had said before it was ended.
      if (this.#stopped) return;
      if (message.type === 'failed') complaint = message.message;
      else if (message.type === 'watching') {
        this.#retry.worked();
        events.status('ok', `watching lines ${lines.join(', ')} of ${chip}`);
      } else {
        const { sensor, level, at } = message;
        events.edge({ bootId: this.#clock.bootId, at: at as Micros, uncertainty: wakeError, sensor, level });
      }
    });
    child.on('error', (error) => {
      complaint = error.message;
    });
    child.once('exit', (code, signal) => {
      this.#child = undefined;
      if (!this.#stopped)
        this.#again(events, complaint ?? `the watching process ended (${signal ?? `exit code ${code}`})`);
    });
  }

  #again(events: SensorEvents, why: string): void {
    events.status('gone', why);
    this.#retry.again(() => this.#watch(events));
  }
}
