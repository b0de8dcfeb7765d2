import type { CarId } from '@pitwall/protocol';
import type { CarState } from '@pitwall/protocol/messages';
import type { LogRecord } from '@pitwall/protocol/race';
import { words } from '../staff-words/index.js';

/** An emergency stop that was pressed here, until the car is known to stand. */
export interface Press {
  readonly car: CarId;
  /** When, ms in the page's clock; and the latest record then. */
  readonly at: number;
  readonly seq: number;
  /** What the car had said of itself by then. */
  readonly state: CarState | null;
  /** Why the controller did not take it; null while it may. */
  readonly refusal: string | null;
}

/** After so long without an answer, ms, nobody waits for it before a stop by hand. */
export const noAnswerAfter = 1500;

export type Stopped =
  | { readonly is: 'proven' }
  | { readonly is: 'open' }
  /** It cannot be relied on. */
  | { readonly is: 'doubtful'; readonly why: string };

/** What became of a stop: by the car's own answer in the log, or what it says of itself since. `state` is undefined of a car that is not watched. */
export function stopped(
  press: Press,
  records: readonly LogRecord[],
  state: CarState | null | undefined,
  now: number,
): Stopped {
  const { car } = press;
  if (state?.safety === 'faulted' && state !== press.state) return { is: 'proven' };
  for (let index = records.length - 1; (records[index]?.seq ?? 0) > press.seq; index -= 1) {
    const event = records[index]?.event;
    if (event?.type !== 'car-answered' || event.car !== car || event.command !== 'e-stop') continue;
    if (event.outcome === 'done') return { is: 'proven' };
    const did = event.outcome === 'silent' ? words.marshal.doesNotAnswer : 'refused';
    return {
      is: 'doubtful',
      why: words.marshal.carDid(car, did, event.message === null ? '' : `: ${event.message}`),
    };
  }
  if (press.refusal !== null) return { is: 'doubtful', why: words.marshal.carRefuses(car, press.refusal) };
  return now - press.at < noAnswerAfter
    ? { is: 'open' }
    : { is: 'doubtful', why: words.marshal.noAnswerYetTheStop(car) };
}
