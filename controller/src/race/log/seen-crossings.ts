import type { Micros } from '@pitwall/protocol';
import type { SeenCrossing } from '@pitwall/protocol/race';

/** Gate, life of its clock, and by turns the number and the time of each crossing. */
export type WrittenCrossings = readonly (readonly [gate: string, bootId: string, numbersAndTimes: readonly number[]])[];

/** Of each crossing of a log its time, in the gate's clock. */
export class SeenCrossings {
  readonly #lives = new Map<string, Map<number, Micros>>();

  constructor(written: WrittenCrossings = []) {
    for (const [gate, bootId, numbersAndTimes] of written)
      for (let index = 0; index < numbersAndTimes.length; index += 2)
        this.#life(gate, bootId).set(numbersAndTimes[index] as number, numbersAndTimes[index + 1] as Micros);
  }

  /** When the crossing with this number was; undefined where there is none. */
  at(gate: string, bootId: string, seq: number): Micros | undefined {
    return this.#lives.get(keyOf(gate, bootId))?.get(seq);
  }

  add({ gate, bootId, seq, at }: SeenCrossing): void {
    this.#life(gate, bootId).set(seq, at);
  }

  remove({ gate, bootId, seq }: SeenCrossing): void {
    this.#lives.get(keyOf(gate, bootId))?.delete(seq);
  }

  /** In the order in which they came. */
  written(): WrittenCrossings {
    const lives = [...this.#lives].filter(([, life]) => life.size > 0);
    return lives.map(([key, life]) => {
      const [gate, bootId] = JSON.parse(key) as [string, string];
      const flat: number[] = [];
      for (const [seq, at] of life) flat.push(seq, at);
      return [gate, bootId, flat] as const;
    });
  }

  #life(gate: string, bootId: string): Map<number, Micros> {
    const key = keyOf(gate, bootId);
    let life = this.#lives.get(key);
    if (life === undefined) {
      life = new Map();
      this.#lives.set(key, life);
    }
    return life;
  }
}

const keyOf = (gate: string, bootId: string): string => JSON.stringify([gate, bootId]);
