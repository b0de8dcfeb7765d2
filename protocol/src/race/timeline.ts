import type { BootId, CarId, Micros, Sha256 } from '../brand.js';
import type { Spot } from './course.js';
import type { RaceEventOf, Stamp } from './events.js';

/** A crossing on a run's timeline; `at` is in the controller's clock. */
export interface CrossingFact {
  readonly kind: 'crossing';
  readonly seq: number;
  /** Which life of the controller's clock, counted from 0 through the log. */
  readonly boot: number;
  readonly bootId: BootId;
  readonly at: Micros;
  /** ± of `at`, µs. */
  readonly bound: Micros;
  /** The event that brought it; null: added by a marshal. */
  readonly seen: RaceEventOf<'crossing'> | null;
  readonly spot: Spot;
}

export interface PaperLap {
  readonly time: Micros;
  readonly uncertainty: Micros;
}

/** What a marshal or the desk did to a run, at a moment of the controller's clock. */
export type Act =
  | { readonly act: 'staged'; readonly car: CarId | null; readonly model: Sha256 | null }
  | { readonly act: 'ready' }
  | { readonly act: 'countdown'; readonly ends: Stamp }
  | { readonly act: 'started' }
  | { readonly act: 'rolling' }
  | { readonly act: 'paused'; readonly by: 'marshal' | 'red-flag' | 'e-stop' | 'correction' }
  /** The car itself drives, or does not any more. */
  | { readonly act: 'car-state'; readonly driving: boolean | null; readonly scale: number | undefined }
  | { readonly act: 'speed'; readonly percent: number }
  | { readonly act: 'paper'; readonly laps: readonly PaperLap[] }
  | { readonly act: 'resumed' }
  | { readonly act: 'reset' }
  | { readonly act: 'off-track' }
  | { readonly act: 'collision' }
  | { readonly act: 'did-not-finish' }
  | {
      readonly act: 'technical-stop';
      readonly car: CarId | null;
      readonly model: Sha256 | null;
      readonly declared: boolean;
    }
  | { readonly act: 'time-expired' }
  | { readonly act: 'clock-restarted' }
  | { readonly act: 'finished' };

export interface ActFact {
  readonly kind: 'act';
  readonly seq: number;
  readonly boot: number;
  readonly bootId: BootId;
  readonly at: Micros;
  readonly act: Act;
}

export type Fact = CrossingFact | ActFact;

const before = (a: Fact, b: Fact): number => a.boot - b.boot || a.at - b.at || a.seq - b.seq;

/** Whether one clock of one gate, undisturbed in between, stamped both. */
export const isOneClock = (a: CrossingFact, b: CrossingFact): boolean =>
  a.seen !== null && b.seen !== null && a.seen.epoch === b.seen.epoch && a.seen.crossing.gate === b.seen.crossing.gate;

const gateTime = (fact: CrossingFact): number => fact.seen?.crossing.at ?? 0;

/**
 * A run's facts in the order in which they happened, whatever the order in which they came. Between gates and marshals the
 * controller's clock decides; among the crossings of one gate its own clock does, which knows better.
 */
export class Timeline {
  #facts: Fact[] = [];
  /** The last crossing of each gate's clock. */
  #latest: CrossingFact[] = [];

  get facts(): readonly Fact[] {
    return this.#facts;
  }

  /** @returns whether it came in order, so that what was derived from the facts before still stands. */
  add(fact: Fact): boolean {
    const last = this.#facts[this.#facts.length - 1];
    const inOrder = this.#isLater(fact) && (last === undefined || before(last, fact) < 0);
    this.#facts.push(fact);
    if (!inOrder) this.#sort();
    return inOrder;
  }

  /** Whether its gate saw it after all others of that gate; it is the latest of it from now on. */
  #isLater(fact: Fact): boolean {
    if (fact.kind === 'act' || fact.seen === null) return true;
    for (let index = 0; index < this.#latest.length; index += 1) {
      const latest = this.#latest[index] as CrossingFact;
      if (!isOneClock(latest, fact)) continue;
      this.#latest[index] = fact;
      return gateTime(latest) <= gateTime(fact);
    }
    this.#latest.push(fact);
    return true;
  }

  #sort(): void {
    this.#facts.sort(before);
    this.#latest = [];
    const places: number[][] = [];
    for (const [index, fact] of this.#facts.entries()) {
      if (fact.kind === 'act' || fact.seen === null) continue;
      const of = places.find(([first]) => isOneClock(this.#facts[first as number] as CrossingFact, fact));
      if (of === undefined) places.push([index]);
      else of.push(index);
    }
    for (const indices of places) this.#sortOneGate(indices);
  }

  /** The places that one gate's crossings hold are given to them in the order of its own clock. */
  #sortOneGate(indices: readonly number[]): void {
    const held = indices.map((index) => this.#facts[index] as CrossingFact);
    const times = held.map(({ boot, bootId, at }) => ({ boot, bootId, at }));
    const sorted = held.toSorted((a, b) => gateTime(a) - gateTime(b) || a.seq - b.seq);
    for (const [place, index] of indices.entries())
      this.#facts[index] = { ...(sorted[place] as CrossingFact), ...(times[place] as (typeof times)[number]) };
    this.#latest.push(this.#facts[indices.at(-1) as number] as CrossingFact);
  }
}
