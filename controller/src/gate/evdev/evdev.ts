import { closeSync, constants, openSync, readSync } from 'node:fs';
import type { Micros } from '@pitwall/protocol';
import type { Clock } from '@pitwall/runtime';
import type { Sensor, SensorEvents } from '../sensor.js';

/** `struct input_event` (include/uapi/linux/input.h): two longs of time, then type u16, code u16, value s32. */
export const eventBytes = process.arch === 'arm' || process.arch === 'ia32' ? 16 : 24;
/** EV_KEY (input-event-codes.h); value 0 is released, 1 pressed, 2 the keyboard's own repetition. */
const keyType = 1;
const pressed = 1;
const pollMs = 5;
/** A keyboard sends once in 8 ms over USB; what is read here is stamped up to a poll later. */
const readError = 15_000 as Micros;
const reopenMs = 500;

/** A key of a keyboard or a foot switch at `/dev/input/…`, read directly: no window need have the focus. */
export class EvdevSensor implements Sensor {
  readonly #device: string;
  readonly #key: number;
  readonly #clock: Clock;
  readonly #buffer = Buffer.alloc(64 * eventBytes);
  #file: number | undefined;
  #timer: NodeJS.Timeout | undefined;
  #lookedAt = Number.NEGATIVE_INFINITY;

  constructor({ device, key }: { readonly device: string; readonly key: number }, clock: Clock) {
    this.#device = device;
    this.#key = key;
    this.#clock = clock;
  }

  async start(events: SensorEvents): Promise<void> {
    this.#check(events);
    this.#timer = setInterval(() => this.#check(events), pollMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    this.#close();
  }

  #check(events: SensorEvents): void {
    try {
      if (this.#file === undefined && !this.#open(events)) return;
      // Whoever hears an edge may stop it.
      while (this.#file !== undefined) {
        const length = readSync(this.#file, this.#buffer);
        // A keyboard has an end only where it is gone.
        if (length === 0) throw new Error('it has ended');
        this.#take(this.#buffer.subarray(0, length), events);
      }
    } catch (error) {
      const { code, message } = error as NodeJS.ErrnoException;
      if (code === 'EAGAIN') return;
      this.#close();
      events.status('gone', `${this.#device} cannot be read: ${message}`);
    }
  }

  #open(events: SensorEvents): boolean {
    const now = this.#clock.now();
    if (now - this.#lookedAt < reopenMs * 1000) return false;
    this.#lookedAt = now;
    // Without O_NONBLOCK a read waits in a thread for the next key, and the process cannot end before it.
    this.#file = openSync(this.#device, constants.O_RDONLY | constants.O_NONBLOCK);
    events.status('ok', `${this.#device} is open`);
    return true;
  }

  #take(bytes: Buffer, events: SensorEvents): void {
    for (let end = eventBytes; end <= bytes.length && this.#file !== undefined; end += eventBytes) {
      const type = bytes.readUInt16LE(end - 8);
      const code = bytes.readUInt16LE(end - 6);
      if (type !== keyType || code !== this.#key || bytes.readInt32LE(end - 4) !== pressed) continue;
      events.edge({ bootId: this.#clock.bootId, at: this.#clock.now(), uncertainty: readError });
    }
  }

  #close(): void {
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }
}
