import type { Micros } from '@pitwall/protocol';
import type { Edge, SensorStatus } from './sensor.js';

export interface SensorMonitorRules {
  /** The level of a car that is there; undefined where it is not known. */
  readonly active: 0 | 1 | undefined;
  /** µs at that level, or of chatter, after which the sensor is stuck. */
  readonly stuck: Micros;
}

/** No pass gives so many edges a second. */
const chatterPerSecond = 400;
const second = 1_000_000;

/** How a gate's sensor is: what its adapter says, and what its edges tell. Times are the host's. */
export class SensorMonitor {
  readonly #rules: SensorMonitorRules;
  readonly #activeSince = new Map<number, Micros>();
  #adapter: SensorStatus = 'ok';
  #goneSince: Micros | undefined;
  #blind = 0;
  #edges = 0;
  #countedFrom = 0 as Micros;
  #chatterSince: Micros | undefined;

  constructor(rules: SensorMonitorRules) {
    this.#rules = rules;
  }

  adapter(status: SensorStatus, now: Micros): void {
    if (status === 'gone' && this.#goneSince === undefined) this.#goneSince = now;
    if (status !== 'gone' && this.#goneSince !== undefined) {
      this.#blind += now - this.#goneSince;
      this.#goneSince = undefined;
      this.#activeSince.clear();
    }
    this.#adapter = status;
  }

  edge({ sensor = 0, level }: Edge, now: Micros): void {
    this.#count(now);
    this.#edges += 1;
    if (level === undefined || this.#rules.active === undefined) return;
    if (level !== this.#rules.active) this.#activeSince.delete(sensor);
    else if (!this.#activeSince.has(sensor)) this.#activeSince.set(sensor, now);
  }

  status(now: Micros): SensorStatus {
    this.#count(now);
    if (this.#adapter !== 'ok') return this.#adapter;
    const since = [...this.#activeSince.values()];
    if (this.#chatterSince !== undefined) since.push(this.#chatterSince);
    return since.some((from) => now - from > this.#rules.stuck) ? 'stuck' : 'ok';
  }

  /** µs since the start in which nothing watched: crossings in it are lost. */
  blind(now: Micros): Micros {
    return (this.#blind + (this.#goneSince === undefined ? 0 : now - this.#goneSince)) as Micros;
  }

  #count(now: Micros): void {
    if (now - this.#countedFrom < second) return;
    if (this.#edges < chatterPerSecond) this.#chatterSince = undefined;
    else this.#chatterSince ??= this.#countedFrom;
    this.#edges = 0;
    this.#countedFrom = now;
  }
}
