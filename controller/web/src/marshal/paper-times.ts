import type { Micros } from '@pitwall/protocol';
import { words } from '../staff-words/index.js';

/** As a `type-laps` command wants it. */
export interface TypedLap {
  readonly time: Micros;
  readonly uncertainty: Micros;
}

export type TypedLaps =
  | { readonly laps: readonly TypedLap[]; readonly wrong: null }
  | { readonly laps: null; readonly wrong: string };

const second = 1_000_000;
/** A lap of an hour is none: what `type-laps` takes, in s. */
const longest = 3600;

/** Laps as a stopwatch shows them, `12.34` or `1:02.34`, with spaces or lines between them; a comma is a decimal point. */
export function readPaperTimes(text: string, uncertaintyS: number): TypedLaps {
  const parts = text.split(/[\s;]+/).filter((word) => word !== '');
  if (parts.length === 0) return { laps: null, wrong: words.marshal.typeTheTimesOfThe };
  if (!(uncertaintyS > 0 && uncertaintyS <= 60)) return { laps: null, wrong: words.marshal.aHandAtAWatch };
  const laps: TypedLap[] = [];
  for (const word of parts) {
    const [, minutes = '0', seconds = ''] = /^(?:(\d+):(?=\d\d))?(\d+(?:[.,]\d+)?)$/.exec(word) ?? [];
    const time = Number(minutes) * 60 + (seconds === '' ? Number.NaN : Number(seconds.replace(',', '.')));
    if (!(time > 0 && time <= longest)) return { laps: null, wrong: words.marshal.isNoTimeOfA(word) };
    laps.push({
      time: Math.round(time * second) as Micros,
      uncertainty: Math.max(1, Math.round(uncertaintyS * second)) as Micros,
    });
  }
  return { laps, wrong: null };
}
