import type { Decision, Observation, Policy } from '@pitwall/protocol/policy';
import { z } from 'zod';

/** What a live simulated car can be told to do wrong. */
export const faultKinds = ['frozen-frames', 'dropped-frames', 'slow-inference', 'lost-link', 'collision'] as const;
export type FaultKind = (typeof faultKinds)[number];

/** One fault: when it begins, in seconds of the world's life, and how long it lasts. */
export const Fault = z.strictObject({
  kind: z.enum(faultKinds),
  at: z.coerce.number().min(0),
  lasts: z.coerce.number().positive().max(3600),
});
export type Fault = z.infer<typeof Fault>;

/** Which faults hold when. */
export class Faults {
  readonly #faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    this.#faults = faults;
  }

  has(kind: FaultKind, seconds: number): boolean {
    return this.#faults.some((fault) => fault.kind === kind && seconds >= fault.at && seconds < fault.at + fault.lasts);
  }

  /** A fault of the kind is yet to come, or holds. */
  expects(kind: FaultKind): boolean {
    return this.#faults.some((fault) => fault.kind === kind);
  }
}

/** The camera with its faults: what a frame taken now becomes on its way to the car; undefined where it is lost. */
export class FaultyCamera {
  readonly #faults: Faults;
  #frozen: Uint8Array | undefined;

  constructor(faults: Faults) {
    this.#faults = faults;
  }

  frame(data: Uint8Array, seconds: number): Uint8Array | undefined {
    if (this.#faults.has('dropped-frames', seconds)) return undefined;
    if (!this.#faults.has('frozen-frames', seconds)) {
      this.#frozen = undefined;
      return data;
    }
    // A frozen camera goes on sending the last picture that it took.
    this.#frozen ??= data;
    return Uint8Array.from(this.#frozen);
  }
}

/** A policy that takes `delayMs` longer while the fault holds. `wait` and `seconds` are the caller's timer and clock. */
export class SlowPolicy implements Policy {
  readonly #policy: Policy;
  readonly #faults: Faults;
  readonly #seconds: () => number;
  readonly #wait: (ms: number) => Promise<void>;
  readonly #delayMs: number;

  constructor(
    policy: Policy,
    parts: { faults: Faults; seconds: () => number; wait: (ms: number) => Promise<void>; delayMs: number },
  ) {
    this.#policy = policy;
    this.#faults = parts.faults;
    this.#seconds = parts.seconds;
    this.#wait = parts.wait;
    this.#delayMs = parts.delayMs;
  }

  async decide(observation: Observation): Promise<Decision> {
    if (this.#faults.has('slow-inference', this.#seconds())) await this.#wait(this.#delayMs);
    return this.#policy.decide(observation);
  }

  close(): Promise<void> {
    return this.#policy.close();
  }
}
