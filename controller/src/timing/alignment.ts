import { extend, highest, lowest, type Point, type Slopes, slopesBetween } from './hull.js';

/** One question and its answer, in µs: asked and returned on the controller's clock, received and answered on the gate's. */
export interface Probe {
  readonly sentAt: number;
  readonly receivedAt: number;
  readonly answeredAt: number;
  readonly returnedAt: number;
}

/** A value and how far it is from the truth at most. */
export interface Bounded {
  readonly value: number;
  readonly bound: number;
}

/** No clock of ours is further off: a ceramic resonator may be by 5000 ppm. */
const widestDrift = 0.01;
/** Both ends stamp in whole microseconds, rounded down. */
const rounding = 1;
/** Drift is taken as constant within the window; beyond its ends it may have wandered with the temperature. */
const wander = 2e-6;
const blockSpan = 30e6;
const blockCount = 20;
/** A probe that contradicts all before it by more than this is a step of the clock; by less, a drift that changed. */
const stepThreshold = 500;

interface Block {
  readonly start: number;
  readonly lower: Point[];
  readonly upper: Point[];
}

/** What the present probes allow: all lines between the hulls. Points are relative to `origin`. */
interface Feasible {
  readonly lower: readonly Point[];
  readonly upper: readonly Point[];
  readonly slopes: Slopes;
}

/**
 * Maps one clock of a gate to the controller's, with a bound on the error. A probe proves that the controller's clock
 * minus the gate's is at least `sentAt − receivedAt` and at most `returnedAt − answeredAt`; with a constant drift the
 * truth is a straight line above all the first and below all the second, so above the upper convex hull of the ones and
 * below the lower hull of the others. Unlike a regression over midpoints this needs no symmetric delays, and it says
 * how wrong it can be. (Zhang, Liu, Xia: Clock synchronization algorithms for network measurements, INFOCOM 2002.)
 */
export class Alignment {
  #origin: { readonly gate: number; readonly offset: number } | undefined;
  #blocks: Block[] = [];
  #feasible: Feasible | undefined;
  #lastAnswer = 0;

  /** Probes in use. */
  get isEmpty(): boolean {
    return this.#blocks.length === 0;
  }

  /** @returns `step` where the gate's clock was set or restarted: this alignment is of its life before, and unchanged. */
  add({ sentAt, receivedAt, answeredAt, returnedAt }: Probe): 'taken' | 'useless' | 'step' {
    if (answeredAt < receivedAt || returnedAt < sentAt) return 'useless';
    this.#origin ??= { gate: receivedAt, offset: sentAt - receivedAt };
    if (receivedAt < this.#lastAnswer) return this.#lastAnswer - receivedAt > 1e6 ? 'step' : 'useless';
    const low = { x: receivedAt - this.#origin.gate, y: sentAt - receivedAt - this.#origin.offset - rounding };
    const high = { x: answeredAt - this.#origin.gate, y: returnedAt - answeredAt - this.#origin.offset + rounding };
    const before = this.#solve();
    if (before !== undefined) {
      const contradiction = Math.max(
        low.y - highest(before.upper, before.slopes, low.x),
        lowest(before.lower, before.slopes, high.x) - high.y,
      );
      const sinceLast = receivedAt - this.#lastAnswer;
      if (contradiction > stepThreshold + sinceLast * wander) return 'step';
    }
    this.#lastAnswer = answeredAt;
    let block = this.#blocks.at(-1);
    if (block === undefined || low.x - block.start > blockSpan) {
      block = { start: low.x, lower: [], upper: [] };
      this.#blocks.push(block);
      if (this.#blocks.length > blockCount) this.#blocks.shift();
    }
    extend(block.lower, low, 1);
    extend(block.upper, high, -1);
    this.#feasible = undefined;
    return 'taken';
  }

  /** The controller's time at which the gate's clock showed `gateTime`; undefined before the first probe. */
  toController(gateTime: number): Bounded | undefined {
    const feasible = this.#solve();
    if (feasible === undefined || this.#origin === undefined) return undefined;
    const x = gateTime - this.#origin.gate;
    const top = highest(feasible.upper, feasible.slopes, x);
    const bottom = lowest(feasible.lower, feasible.slopes, x);
    const first = feasible.lower[0]?.x ?? 0;
    const last = feasible.upper.at(-1)?.x ?? 0;
    const beyond = Math.max(0, first - x, x - last);
    return {
      value: gateTime + this.#origin.offset + (top + bottom) / 2,
      bound: (top - bottom) / 2 + beyond * wander,
    };
  }

  /** Microseconds of the controller's clock for one of the gate's. */
  get rate(): Bounded {
    const feasible = this.#solve();
    if (feasible === undefined) return { value: 1, bound: widestDrift };
    const { min, max } = feasible.slopes;
    return { value: 1 + (min + max) / 2, bound: (max - min) / 2 };
  }

  #solve(): Feasible | undefined {
    while (this.#feasible === undefined && this.#blocks.length > 0) {
      const lower: Point[] = [];
      const upper: Point[] = [];
      for (const block of this.#blocks) {
        for (const point of block.lower) extend(lower, point, 1);
        for (const point of block.upper) extend(upper, point, -1);
      }
      const slopes = slopesBetween(lower, upper, widestDrift);
      if (slopes !== undefined) this.#feasible = { lower, upper, slopes };
      // No constant drift explains all of it: it changed, so the oldest part tells nothing about today.
      else this.#blocks.shift();
    }
    return this.#feasible;
  }
}
