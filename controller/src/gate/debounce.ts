import type { BootId, Micros } from '@pitwall/protocol';
import type { Edge } from './sensor.js';

export interface DebounceRules {
  /** Which change is the car's nose: `pulse` where the sensor gives no levels. */
  readonly edge: 'rising' | 'falling' | 'both';
  /** µs after an accepted edge in which further ones are the same pass (bounce, second axle, the gate's other sensor). */
  readonly holdoff: Micros;
}

/**
 * Picks the edges that are crossings from stamped raw ones. The first edge of a pass counts, for its stamp is the one
 * the sensor repeats best; all others within the hold-off belong to it, whichever sensor of the gate they come from. The
 * hold-off is counted from the accepted edge, so that a chattering sensor still gives a crossing for every hold-off,
 * for the marshal to ignore, and hides none. Each transponder has its own.
 */
export class Debounce {
  readonly #rules: DebounceRules;
  readonly #accepted = new Map<string, Micros>();

  constructor(rules: DebounceRules) {
    this.#rules = rules;
  }

  /** Takes up where an earlier process stopped. */
  resume(bootId: BootId, at: Micros): void {
    this.#accepted.set(`${bootId}/`, at);
  }

  accepts({ bootId, at, level, transponder = '' }: Edge): boolean {
    const { edge, holdoff } = this.#rules;
    if (level !== undefined && edge !== 'both' && (level === 1) !== (edge === 'rising')) return false;
    const key = `${bootId}/${transponder}`;
    const last = this.#accepted.get(key);
    // An edge of before (a replay that comes late) is judged by its distance too.
    if (last !== undefined && Math.abs(at - last) < holdoff) return false;
    this.#accepted.delete(key);
    this.#accepted.set(key, last === undefined || at > last ? at : last);
    for (const oldest of this.#accepted.keys()) if (this.#accepted.size > 1000) this.#accepted.delete(oldest);
    return true;
  }
}
