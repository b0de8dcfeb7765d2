import type { BootId, CarId, GateId, Micros, Sha256 } from '../brand.js';
import type { Stamp } from './events.js';

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
  /** Null: added by a marshal. */
  readonly seen: {
    readonly gate: GateId;
    /** Names the undisturbed run of the gate's clock. */
    readonly epoch: string;
    readonly at: Micros;
    readonly uncertainty: Micros;
    readonly rate: { readonly value: number; readonly bound: number };
  } | null;
}

/** What a marshal or the desk did to a run, at a moment of the controller's clock. */
export type Act =
  | { readonly act: 'staged'; readonly car: CarId | null; readonly model: Sha256 | null }
  | { readonly act: 'ready' }
  | { readonly act: 'countdown'; readonly ends: Stamp }
  | { readonly act: 'started' }
  | { readonly act: 'rolling' }
  | { readonly act: 'paused'; readonly by: 'marshal' | 'red-flag' | 'e-stop' }
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

const clockOf = (fact: CrossingFact): string | null =>
  fact.seen === null ? null : `${fact.seen.gate} ${fact.seen.epoch}`;

/**
 * A run's facts in the order in which they happened, whatever the order in which they came. Between gates and marshals the
 * controller's clock decides; among the crossings of one gate its own clock does, which knows better.
 */
export class Timeline {
  #facts: Fact[] = [];
  #lastOfClock = new Map<string, CrossingFact>();

  get facts(): readonly Fact[] {
    return this.#facts;
  }

  /** @returns whether it came in order, so that what was derived from the facts before still stands. */
  add(fact: Fact): boolean {
    const last = this.#facts.at(-1);
    const clock = fact.kind === 'crossing' ? clockOf(fact) : null;
    const ofClock = clock === null ? undefined : this.#lastOfClock.get(clock);
    const inOrder =
      (last === undefined || before(last, fact) < 0) &&
      (fact.kind === 'act' || ofClock === undefined || (ofClock.seen?.at ?? 0) <= (fact.seen?.at ?? 0));
    this.#facts.push(fact);
    if (clock !== null && fact.kind === 'crossing') this.#lastOfClock.set(clock, fact);
    if (!inOrder) this.#sort();
    return inOrder;
  }

  #sort(): void {
    this.#facts.sort(before);
    const places = new Map<string, number[]>();
    for (const [index, fact] of this.#facts.entries()) {
      if (fact.kind !== 'crossing') continue;
      const clock = clockOf(fact);
      if (clock === null) continue;
      const of = places.get(clock);
      if (of === undefined) places.set(clock, [index]);
      else of.push(index);
    }
    for (const [clock, indices] of places) this.#sortOneGate(clock, indices);
  }

  /** The places that one gate's crossings hold are given to them in the order of its own clock. */
  #sortOneGate(clock: string, indices: readonly number[]): void {
    const held = indices.map((index) => this.#facts[index] as CrossingFact);
    const times = held.map(({ boot, bootId, at }) => ({ boot, bootId, at }));
    const sorted = held.toSorted((a, b) => (a.seen?.at ?? 0) - (b.seen?.at ?? 0) || a.seq - b.seq);
    for (const [place, index] of indices.entries()) {
      const fact = { ...(sorted[place] as CrossingFact), ...times[place] } as CrossingFact;
      this.#facts[index] = fact;
      this.#lastOfClock.set(clock, fact);
    }
  }
}
