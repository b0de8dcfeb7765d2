import { BootId, type Micros } from '@pitwall/protocol';
import { Alignment, type Bounded, type Probe } from './alignment.js';

/** Where no alignment could be had: a bound that excludes nothing. */
export const unbounded = Number.MAX_SAFE_INTEGER as Micros;

const keptLives = 6;
/** An alignment is good when it adds no more than a millisecond to a lap of ten seconds, or to one between two gates. */
const goodRate = 100e-6;
const goodOffset = 1000;
/** A worse one is as good as it gets after so long; a slow link stays one. */
const longestWait = 10e6;

interface Life {
  readonly epoch: BootId;
  readonly alignment: Alignment;
  readonly since: number;
  isSettled: boolean;
}

/** A time of a gate's clock on the controller's, and how the two clocks run. */
export interface Mapped {
  readonly at: Micros;
  readonly bound: Micros;
  /** Controller µs for one of the gate's, with its bound: what a lap between two crossings of this gate is multiplied by. */
  readonly rate: Bounded;
  /** Within one epoch the gate's clock ran on undisturbed: nothing is subtracted across two. */
  readonly epoch: BootId;
}

/** All lives of one gate's clock that this controller has seen: a fresh bootId or a step begins a new one. */
export class GateClock {
  readonly #own: BootId;
  readonly #lives = new Map<BootId, Life[]>();
  #steps = 0;

  constructor(own: BootId) {
    this.#own = own;
  }

  /** How often a clock stepped without a new bootId. */
  get steps(): number {
    return this.#steps;
  }

  add(bootId: BootId, probe: Probe): void {
    if (bootId === this.#own) return;
    const lives = this.#lives.get(bootId) ?? [];
    this.#lives.delete(bootId);
    this.#lives.set(bootId, lives);
    for (const oldest of this.#lives.keys()) if (this.#lives.size > keptLives) this.#lives.delete(oldest);
    let life = lives.at(-1);
    if (life === undefined || life.alignment.add(probe) === 'step') {
      if (life !== undefined) this.#steps += 1;
      life = {
        epoch: lives.length === 0 ? bootId : BootId.parse(`${bootId.slice(0, 56)}+${this.#steps}`),
        alignment: new Alignment(),
        since: probe.returnedAt,
        isSettled: false,
      };
      life.alignment.add(probe);
      lives.push(life);
      if (lives.length > keptLives) lives.shift();
    }
    if (life.isSettled) return;
    const bound = life.alignment.toController(probe.answeredAt)?.bound ?? unbounded;
    life.isSettled =
      probe.returnedAt - life.since >= longestWait || (bound <= goodOffset && life.alignment.rate.bound <= goodRate);
  }

  /** Whether it was ever asked successfully. */
  isKnown(bootId: BootId): boolean {
    return bootId === this.#own || this.#lives.has(bootId);
  }

  /** Whether its alignment is good, or has had its time: crossings that are stamped before are less exact than they could be. */
  isSettled(bootId: BootId): boolean {
    return bootId === this.#own || this.#lives.get(bootId)?.at(-1)?.isSettled === true;
  }

  /** `receivedAt` is when the crossing came: it can have happened no later. */
  map(bootId: BootId, at: Micros, receivedAt: Micros): Mapped {
    // One kernel, one clock: nothing to align.
    if (bootId === this.#own) return { at, bound: 0 as Micros, rate: { value: 1, bound: 0 }, epoch: bootId };
    const lives = this.#lives.get(bootId) ?? [];
    for (let i = lives.length - 1; i >= 0; i--) {
      const { alignment, epoch } = lives[i] as Life;
      const mapped = alignment.toController(at);
      // A time in the future is one of a life before the last step.
      if (mapped === undefined || (mapped.value - mapped.bound > receivedAt && i > 0)) continue;
      return { at: micros(mapped.value), bound: Math.ceil(mapped.bound) as Micros, rate: alignment.rate, epoch };
    }
    return { at: receivedAt, bound: unbounded, rate: new Alignment().rate, epoch: bootId };
  }

  /** The error's bound now and the drift of the newest life, for a person. */
  latest(bootId: BootId, at: Micros): { errorUs: number; driftPpm: number } | undefined {
    if (bootId === this.#own) return { errorUs: 0, driftPpm: 0 };
    const alignment = this.#lives.get(bootId)?.at(-1)?.alignment;
    const mapped = alignment?.toController(at);
    if (alignment === undefined || mapped === undefined) return undefined;
    return { errorUs: Math.ceil(mapped.bound), driftPpm: (1 / alignment.rate.value - 1) * 1e6 };
  }
}

const micros = (value: number): Micros => Math.max(0, Math.round(value)) as Micros;
