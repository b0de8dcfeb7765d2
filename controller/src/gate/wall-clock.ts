import type { Micros } from '@pitwall/protocol';

/** A stamp on this machine's monotonic clock. */
export interface Placed {
  readonly at: Micros;
  /** How far `at` is from the stamp's true moment at most; `Number.MAX_SAFE_INTEGER` where that is not known. */
  readonly error: Micros;
  /** The clock was set since the stamp before, or this one came late: which of both, one stamp does not tell. */
  readonly isStep: boolean;
}

/** A stamp that is so much closer to its arrival, or further from it, than those before begins a new life of its clock. */
const stepThreshold = 30_000;
/** Two crystals run apart by no more. */
const drift = 100e-6;
/** Of so many stamps in a row one came as quickly as stamps can. */
const enough = 3;
/** What comes later than this, and nobody saw its program stand still, was not late: its clock was set. */
const latest = 1_000_000;
const unbounded = Number.MAX_SAFE_INTEGER;

interface Heard {
  /** How far our clock was ahead of the stamp when it arrived: the distance of the clocks, and the stamp's delay. */
  readonly ahead: number;
  readonly arrival: number;
}

/**
 * Places stamps of a clock that people and programs set (a wall clock) on ours, by their arrivals. A stamp cannot arrive before
 * it was made, so the quickest of three in a row shows how far the clocks are apart, late by its own delay. One that is more than
 * 30 ms nearer to its arrival comes from a clock that was set forward; one that is further off came late, or from a clock
 * that was set back, which those after it show. That a stamp is late just when the clock is set is left out of account.
 */
export class WallClock {
  readonly #base: number;
  #steps = 0;
  /** The last stamps of its present life, and those that are late for it, or of the next. */
  #life: readonly Heard[] = [];
  #next: readonly Heard[] = [];

  /** `base`: µs that the quickest of three stamps takes at most from its moment to its arrival. */
  constructor(base: number) {
    this.#base = base;
  }

  /** How often it was set. */
  get steps(): number {
    return this.#steps;
  }

  /** `stamp` in µs of that clock, `arrival` on ours. `mayBeLate`: its program or this one stood still before it came. */
  place(stamp: number, arrival: Micros, mayBeLate = false): Placed {
    const heard = { ahead: arrival - stamp, arrival };
    if (this.#life.length === 0) {
      this.#life = [heard];
      return { at: arrival, error: (mayBeLate ? unbounded : stepThreshold + this.#base) as Micros, isStep: false };
    }
    const late = heard.ahead - quickest(this.#life);
    if (isNear(this.#life, heard)) {
      this.#life = [...this.#life, heard].slice(-enough);
      this.#next = [];
      return this.#placed(stamp, heard, late);
    }
    const isAhead = late < 0 && !mayBeLate;
    this.#next = isAhead || !isNear(this.#next, heard) ? [heard] : [...this.#next, heard];
    // Several in a row that are equally late are not late; more than a second, two.
    const isStep = isAhead || this.#next.length === enough || (this.#next.length === 2 && Math.abs(late) > latest);
    if (!isStep) {
      const isBounded = !mayBeLate && late <= latest;
      return { at: arrival, error: (isBounded ? Math.ceil(late + this.#base) : unbounded) as Micros, isStep };
    }
    // A single stamp before it was late rather than right.
    const isSet = !isAhead || this.#life.length > 1;
    if (isSet) this.#steps += 1;
    this.#life = this.#next;
    this.#next = [];
    return { ...this.#placed(stamp, heard, 0), isStep: isSet };
  }

  #placed(stamp: number, { arrival }: Heard, late: number): Placed {
    const age = arrival - (this.#life[0] as Heard).arrival;
    const bound = this.#life.length < enough ? stepThreshold + this.#base : this.#base + 2 * drift * age;
    const at = Math.min(arrival, Math.round(stamp + quickest(this.#life)));
    return {
      at: Math.max(0, at) as Micros,
      error: Math.ceil(Math.max(bound, late + this.#base)) as Micros,
      isStep: false,
    };
  }
}

const quickest = (life: readonly Heard[]): number => Math.min(...life.map(({ ahead }) => ahead));

function isNear(life: readonly Heard[], { ahead, arrival }: Heard): boolean {
  const first = life[0];
  if (first === undefined) return false;
  return Math.abs(ahead - quickest(life)) <= stepThreshold + (arrival - first.arrival) * drift;
}
