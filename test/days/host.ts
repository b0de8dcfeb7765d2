import crypto from 'node:crypto';
import { syncBuiltinESMExports } from 'node:module';
import timersPromises from 'node:timers/promises';
import type { Event, Kernel } from './kernel.js';

/**
 * Puts the kernel in the place of this process's timers, wall clock and randomness, for all code in it: ours where it has no
 * parameter for them, and that of libraries (ids by time, back-off). Whoever asks gets those of the program whose event it is.
 * For good: the process is for simulated days alone.
 */
export class VirtualHost {
  #kernel: Kernel | undefined;

  /** Whose day it is from now on. */
  use(kernel: Kernel): void {
    this.#kernel = kernel;
  }

  get #now(): Kernel {
    if (this.#kernel === undefined) throw new Error('No day is simulated.');
    return this.#kernel;
  }

  install(): this {
    const after = (ms: number, action: () => void): Event => {
      const kernel = this.#now;
      // Node's timers wait for 1 ms at least, in whole ms.
      const whole = ms >= 1 ? Math.trunc(ms) : 1;
      return kernel.after((whole * 1000) / (kernel.current?.machine.rate ?? 1), kernel.current, action);
    };
    const cancel = (event: unknown): void => (event as Partial<Event> | undefined)?.cancel?.();
    const every = (action: (...args: unknown[]) => void, ms = 1, ...args: unknown[]) => {
      let isOver = false;
      let event: Event;
      const again = () => {
        event = after(ms, () => {
          action(...args);
          if (!isOver) again();
        });
      };
      again();
      const interval = {
        cancel: () => {
          isOver = true;
          event.cancel();
        },
        ref: () => interval,
        unref: () => interval,
        hasRef: () => false,
      };
      return interval;
    };
    const immediately = (action: (...args: unknown[]) => void, ...args: unknown[]) =>
      this.#now.after(0, this.#now.current, () => action(...args));
    Object.assign(globalThis, {
      setTimeout: (action: (...args: unknown[]) => void, ms = 1, ...args: unknown[]) =>
        after(ms, () => action(...args)),
      setInterval: every,
      setImmediate: immediately,
      clearTimeout: cancel,
      clearInterval: cancel,
      clearImmediate: cancel,
    });
    const { now } = Date;
    Date.now = () => this.#kernel?.current?.machine.wall ?? this.#kernel?.wallAtZero ?? now();
    Math.random = () => this.#now.random.next();
    const fill = (bytes: Uint8Array) => {
      for (let i = 0; i < bytes.length; i += 1) bytes[i] = this.#now.random.below(256);
      return bytes;
    };
    crypto.webcrypto.getRandomValues = ((array: Uint8Array) =>
      fill(new Uint8Array(array.buffer, array.byteOffset, array.byteLength)) && array) as never;
    globalThis.crypto.getRandomValues = crypto.webcrypto.getRandomValues;
    crypto.randomBytes = ((size: number) => fill(Buffer.alloc(size))) as never;
    crypto.randomUUID = (() => this.#now.uuid()) as never;
    timersPromises.setTimeout = ((ms: number, value: unknown) =>
      new Promise((resolve) => after(ms, () => resolve(value)))) as never;
    this.#waitForSignatures();
    syncBuiltinESMExports();
    return this;
  }

  /** They are made by threads of this process: the day stands still until they are done. */
  #waitForSignatures(): void {
    const { subtle } = globalThis.crypto;
    for (const name of ['sign', 'verify', 'importKey', 'exportKey', 'digest', 'generateKey'] as const) {
      const real = (subtle[name] as (...args: unknown[]) => Promise<unknown>).bind(subtle);
      const waited = (...args: unknown[]) => {
        const kernel = this.#kernel;
        if (kernel === undefined) return real(...args);
        kernel.pending += 1;
        return real(...args).finally(() => {
          kernel.pending -= 1;
        });
      };
      Object.defineProperty(subtle, name, { value: waited, configurable: true });
    }
  }
}
