import type { Reason } from '../driving/index.js';

export interface Limit {
  readonly reason: Reason;
  /** Undefined where nobody knows: that neither stops a car nor keeps it from arming. Once it was beyond, only a value ends it. */
  readonly read: () => number | undefined;
  readonly isBeyond: (value: number) => boolean;
  /** Well inside again: a value that hovers round the limit must not flicker. */
  readonly isInside: (value: number) => boolean;
}

/** Above `most`; over when it fell by `margin`. */
export const atMost = (reason: Reason, most: number, margin: number, read: Limit['read']): Limit => ({
  reason,
  read,
  isBeyond: (value) => value > most,
  isInside: (value) => value <= most - margin,
});

/** Below `least`; over when it rose by `margin`. */
export const atLeast = (reason: Reason, least: number, margin: number, read: Limit['read']): Limit => ({
  reason,
  read,
  isBeyond: (value) => value < least,
  isInside: (value) => value >= least + margin,
});

/** Looks at what changes slowly (battery, temperature) once a second. */
export class LimitWatch {
  readonly #limits: readonly Limit[];
  readonly #on: { readonly raised: (reason: Reason) => void; readonly passed: (reason: Reason) => void };
  readonly #beyond = new Set<Reason>();
  #timer: NodeJS.Timeout | undefined;

  constructor(limits: readonly Limit[], on: { raised: (reason: Reason) => void; passed: (reason: Reason) => void }) {
    this.#limits = limits;
    this.#on = on;
  }

  start(): void {
    if (this.#limits.length > 0) this.#timer = setInterval(() => this.check(), 1000);
    this.check();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  check(): void {
    for (const { reason, read, isBeyond, isInside } of this.#limits) {
      const value = read();
      if (!this.#beyond.has(reason)) {
        if (value === undefined || !isBeyond(value)) continue;
        this.#beyond.add(reason);
        this.#on.raised(reason);
      } else if (value !== undefined && isInside(value)) {
        this.#beyond.delete(reason);
        this.#on.passed(reason);
      }
    }
  }
}
