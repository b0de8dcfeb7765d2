import type { CarOverview } from '@pitwall/protocol/api';
import type { SafetyState } from '@pitwall/protocol/messages';
import type { LiveCar } from './live-car.js';

/** What a thing's colour says, beside its words: as it should be, look at it, act, or nobody knows. */
export type Tone = 'good' | 'warn' | 'bad' | 'unknown';

export interface StatusText {
  readonly text: string;
  readonly tone: Tone;
}

/** Why a car stopped, as its agent names it (agent/src/driving/reasons.ts), for a sentence that begins with “Stopped: ”. */
export const reasonWords: Readonly<Record<string, string>> = {
  stop: 'it was told to stop',
  'e-stop': 'emergency stop',
  'stale-frame': 'its camera sends no fresh pictures',
  'inference-failed': 'its model failed on a picture',
  'inference-not-finite': 'its model answered with no number',
  'inference-slow': 'its model is too slow for the camera',
  'outputs-lost': 'motor and steering do not answer',
  'lidar-lost': 'the lidar that its model needs is silent',
  'battery-low': 'its battery is below the limit',
  'temperature-high': 'its computer is too hot',
  crash: 'it hit something',
  'picked-up': 'it was picked up',
  'rolled-over': 'it rolled over',
  'link-lost': 'it lost the link to the track',
  'red-flag': 'red flag',
  'dead-man': 'the hand let go',
};

/** Stops that are over with one command, with nothing to look at. */
const routine: ReadonlySet<string> = new Set(['stop', 'red-flag', 'dead-man']);

/** What a sentence is made of. */
type Heard = Pick<CarOverview, 'car' | 'presence' | 'state' | 'eStop' | 'rival'>;

const phases: Readonly<
  Record<Exclude<SafetyState, 'stopped' | 'faulted' | 'stopping'>, StatusText & { byHand: string }>
> = {
  disarmed: { text: 'Stands, disarmed', byHand: 'Stands, disarmed', tone: 'good' },
  armed: { text: 'Armed: it may go at any moment', byHand: 'Armed by hand', tone: 'warn' },
  starting: { text: 'About to drive: hands off', byHand: 'About to drive: hands off', tone: 'warn' },
  driving: { text: 'Drives', byHand: 'Driven by hand', tone: 'good' },
};

/**
 * How a car is, as a sentence. `clear` is how *Clear* is pressed here.
 * What it said last of a car that is away is the past, and is not shown as what is.
 */
export function carSentence({ car, presence, state, eStop, rival }: Heard, clear = 'Clear'): StatusText {
  if (rival !== null)
    return {
      text: `Two computers say that they are ${car}; ${rival.host ?? 'the other one'} is not let in`,
      tone: 'bad',
    };
  if (eStop !== null && eStop.answered !== 'stopped' && state?.safety !== 'faulted')
    return { text: `Emergency stop by ${eStop.by}, and nobody knows that it stands. Stop it by hand.`, tone: 'bad' };
  if (presence === null) return { text: 'Never heard', tone: 'unknown' };
  if (presence.status === 'lost') return { text: 'Link lost: nobody knows what it does', tone: 'bad' };
  if (presence.status === 'offline') return { text: 'Off', tone: 'unknown' };
  if (state === null) return { text: 'There, and has not said how it is', tone: 'unknown' };
  const { safety, reason, manual } = state;
  const why = reason === null ? '' : `: ${reasonWords[reason] ?? reason}`;
  switch (safety) {
    case 'faulted':
      return { text: `Stopped${why}. Look at it, then ${clear}.`, tone: 'bad' };
    case 'stopping':
      return { text: `Stopping${why}`, tone: 'warn' };
    case 'stopped':
      return reason === null || routine.has(reason)
        ? { text: `Stopped${why}`, tone: 'warn' }
        : { text: `Stopped${why}. Put it right, hands off, then ${clear}.`, tone: 'bad' };
    default: {
      const { text, byHand, tone } = phases[safety];
      return { text: manual ? byHand : text, tone };
    }
  }
}

/** Cells in series of the lithium packs that cars have, by their voltage: 3.0 to 4.2 V each. */
const cellsOf = (volts: number): number | undefined =>
  volts >= 6 && volts <= 8.6 ? 2 : volts >= 9 && volts <= 12.9 ? 3 : undefined;

/** How full it is. Voltages that fit no usual pack are told, not judged. */
export function batteryStatus({ state, telemetry }: CarOverview): StatusText {
  if (telemetry?.battery === undefined) return { text: 'not told', tone: 'unknown' };
  const { unit, value } = telemetry.battery;
  const text = unit === 'volts' ? `${value.toFixed(1)} V` : `${value} of 11`;
  if (state?.reason === 'battery-low') return { text: `${text}, empty`, tone: 'bad' };
  const cells = cellsOf(value);
  if (unit === 'volts' && cells === undefined) return { text, tone: 'unknown' };
  const [low, empty] = unit === 'volts' ? [3.55, 3.35].map((volts) => volts * (cells ?? 1)) : [4, 2];
  if (value <= (empty as number)) return { text: `${text}, empty`, tone: 'bad' };
  return value <= (low as number) ? { text: `${text}, low`, tone: 'warn' } : { text, tone: 'good' };
}

/** Age of the last word from which it is worth a look, and from which nobody knows any more, ms. A car speaks ten times a second. */
const late = 1500;
const silent = 3000;

/** When the car itself spoke last; `now` and `heardAt` are ms in the page's clock. */
export function linkStatus({ presence, heardAt }: LiveCar, now: number): StatusText {
  if (presence === null) return { text: 'never heard', tone: 'unknown' };
  if (presence.status === 'lost') return { text: 'lost', tone: 'bad' };
  if (presence.status === 'offline') return { text: 'off', tone: 'unknown' };
  if (heardAt === null) return { text: 'no word since this page opened', tone: 'warn' };
  const age = Math.max(0, now - heardAt);
  if (age < late) return { text: 'heard now', tone: 'good' };
  return { text: `last heard ${Math.round(age / 1000)} s ago`, tone: age < silent ? 'warn' : 'bad' };
}
