import type { Micros } from '@pitwall/protocol';
import type { Now } from '@pitwall/runtime';
import type { Stamp } from './stamps.js';

/** How long a whole frame waits for its time, in ms. The programs say it right after the frame. */
const patienceMs = 20;
/** After so many frames without a time in a row none is waited for any more. */
const mostUntold = 10;
/** A time that lies further back, or ahead, is of another clock, in µs. */
const farthest = 2_000_000;

interface Whole {
  readonly data: Uint8Array;
  readonly arrived: Micros;
}

/**
 * Brings frames and the times at which they were taken together. Both come in order, each on a way of its own, a frame's
 * time after its last byte was written: so what is known at the first byte of a frame belongs to an earlier one.
 */
export class Stamper {
  readonly #now: Now;
  readonly #emit: (data: Uint8Array, at: Micros) => void;
  readonly #frames: Whole[] = [];
  #stamps: Stamp[] = [];
  #untold = 0;
  /** Times still to come of frames that were not kept waiting for them, and how many frames began since. */
  #owed = { times: 0, began: 0 };
  #waitingFor: Whole | undefined;
  #timer: NodeJS.Timeout | undefined;
  #last: NodeJS.Immediate | undefined;

  constructor(now: Now, emit: (data: Uint8Array, at: Micros) => void) {
    let last = 0 as Micros;
    this.#now = now;
    this.#emit = (data, at) => {
      // A frame without a time of its own has that of its arrival: the next one may have been taken before that, and comes after it.
      if (at > last) last = at;
      emit(data, last);
    };
  }

  began(): void {
    if (this.#frames.length === 0) this.#stamps = [];
    this.#owed.began += 1;
    // Two frames later it is not late but lost.
    if (this.#owed.began > 2) this.#owed.times = 0;
  }

  frame(data: Uint8Array): void {
    this.#frames.push({ data, arrived: this.#now() });
    if (this.#untold >= mostUntold && this.#stamps.length === 0) this.#untimed();
    else this.#match();
  }

  stamp(stamp: Stamp): void {
    if (this.#owed.times > 0) {
      this.#owed.times -= 1;
      return;
    }
    this.#stamps.push(stamp);
    this.#match();
  }

  stop(): void {
    this.#stopWaiting();
    this.#frames.length = 0;
  }

  #match(): void {
    while (this.#frames.length > 0 && this.#stamps.length > 0) {
      const { micros, bytes } = this.#stamps.shift()!;
      const { data, arrived } = this.#frames[0]!;
      if (bytes !== undefined && bytes !== data.length) continue;
      this.#frames.shift();
      this.#untold = 0;
      const usable = micros <= arrived && arrived - micros < farthest;
      this.#emit(data, usable ? (micros as Micros) : arrived);
    }
    const [oldest] = this.#frames;
    if (oldest === this.#waitingFor) return;
    this.#stopWaiting();
    this.#waitingFor = oldest;
    if (oldest === undefined) return;
    // After a pause of this process timers are due before it reads what has been waiting in its pipes all along.
    this.#timer = setTimeout(() => {
      this.#last = setImmediate(() => this.#untimed());
    }, patienceMs);
  }

  #stopWaiting(): void {
    this.#waitingFor = undefined;
    clearTimeout(this.#timer);
    clearImmediate(this.#last);
  }

  /** The oldest frame gets the time at which its last byte came. */
  #untimed(): void {
    const frame = this.#frames.shift();
    if (frame === undefined) return;
    this.#untold += 1;
    this.#owed = { times: this.#owed.times + 1, began: 0 };
    this.#emit(frame.data, frame.arrived);
    this.#match();
  }
}
