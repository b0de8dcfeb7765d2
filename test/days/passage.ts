import type { BootId } from '@pitwall/protocol';

/** A car's nose was over the line: the truth, which no part of the system knows. */
export interface Passage {
  readonly number: number;
  readonly car: string;
  /** True µs since the day began. */
  readonly at: number;
}

/** The life of a gate's clock, without the journal that records name beside it. */
const lifeIn = (bootId: string): string => bootId.split(/[.@]/)[0] as string;
export const keyOf = (gate: string, bootId: string | BootId, at: number): string => `${gate}/${lifeIn(bootId)}/${at}`;
