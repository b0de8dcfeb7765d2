import { closeSync, constants, openSync, readSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import type { Controls, ControlsEvents } from './controls.js';
import { padMap, xpad } from './pad-map.js';

/** Linux joystick interface: time u32, value s16, type u8 (1 button, 2 axis, 0x80 at the start), number u8. */
const eventBytes = 8;
/** A stick that is this close to its middle rests. */
const restShare = 0.15;
const pollMs = 10;
/** A held hand is told again every 50 ms; a pad that is not there is looked for every second. */
const repeatPolls = 5;
const reopenPolls = 100;

/**
 * A gamepad at `/dev/input/js0`: left stick steers, right stick gives throttle, and only while the right bumper is held.
 * B is the emergency stop, whatever else is held. Nothing drives before the right stick was seen at rest. Pulled out, the pad falls silent, and the dead-man stops the car.
 */
export class Gamepad implements Controls {
  readonly #device: string;
  readonly #root: string;
  #map = xpad;
  /** The throttle's stick was seen at rest since the pad is there: an axis that is a trigger rests at its end. */
  #wasAtRest = false;
  readonly #buffer = Buffer.alloc(64 * eventBytes);
  #file: number | undefined;
  #poll: NodeJS.Timeout | undefined;
  #polls = 0;
  #steering = 0;
  #throttle = 0;
  #held = false;

  /** @param root where the kernel shows what its pads have */
  constructor(device: string, root = '/sys/class/input') {
    this.#device = device;
    this.#root = root;
  }

  start(on: ControlsEvents): void {
    this.#poll = setInterval(() => this.#reopen(on), pollMs);
  }

  stop(): void {
    clearInterval(this.#poll);
    this.#close();
  }

  #reopen(on: ControlsEvents): void {
    this.#polls += 1;
    this.#read(on);
    if (this.#held && this.#wasAtRest && this.#polls % repeatPolls === 0)
      on.drive({ steering: this.#steering, throttle: this.#throttle });
  }

  #read(on: ControlsEvents): void {
    try {
      // Without O_NONBLOCK a read waits in a thread for the next movement, and the process cannot end before it.
      if (this.#file === undefined && this.#polls % reopenPolls === 1) {
        this.#file = openSync(this.#device, constants.O_RDONLY | constants.O_NONBLOCK);
        this.#map = padMap(this.#root, basename(realpathSync(this.#device)));
      }
      if (this.#file === undefined) return;
      const length = readSync(this.#file, this.#buffer);
      this.#take(this.#buffer.subarray(0, length), on);
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EAGAIN') this.#close();
    }
  }

  #close(): void {
    this.#held = false;
    this.#wasAtRest = false;
    this.#throttle = 0;
    if (this.#file !== undefined) closeSync(this.#file);
    this.#file = undefined;
  }

  #take(bytes: Buffer, on: ControlsEvents): void {
    for (let at = 0; at + eventBytes <= bytes.length; at += eventBytes) {
      const value = bytes.readInt16LE(at + 4);
      const type = bytes.readUInt8(at + 6);
      const number = bytes.readUInt8(at + 7);
      if (type === 1 || type === 0x81) this.#button(number, value === 1, type === 1, on);
      else if (type === 2 || type === 0x82) this.#axis(number, value);
    }
  }

  /** Stick left and up are negative. */
  #axis(number: number, value: number): void {
    if (number === this.#map.steering) this.#steering = Math.max(-1, -value / 32_767);
    if (number !== this.#map.throttle) return;
    this.#throttle = Math.max(-1, -value / 32_767);
    if (Math.abs(this.#throttle) <= restShare) this.#wasAtRest = true;
  }

  #button(number: number, down: boolean, fresh: boolean, on: ControlsEvents): void {
    const buttons = this.#map;
    if (number === buttons.hand) this.#held = down;
    if (!down || !fresh) return;
    if (number === buttons.emergency) on.emergency();
    if (number === buttons.arm) on.command('arm');
    if (number === buttons.start) on.command('start');
    if (number === buttons.stop) on.command('stop');
    if (number === buttons.clear) on.command('clear');
  }
}
