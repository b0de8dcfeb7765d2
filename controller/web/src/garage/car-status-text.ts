import type { CarOverview } from '@pitwall/protocol/api';
import type { SafetyState } from '@pitwall/protocol/messages';
import { decimal, words } from '../staff-words/index.js';
import type { LiveCar } from './live-car.js';

/** What a thing's colour says, beside its words: as it should be, look at it, act, or nobody knows. */
export type Tone = 'good' | 'warn' | 'bad' | 'unknown';

export interface StatusText {
  readonly text: string;
  readonly tone: Tone;
}

/** Why a car stopped, as its agent names it (agent/src/driving/reasons.ts), for a sentence that begins with “Stopped: ”. */
export const reasonWords: Readonly<Record<string, string>> = {
  stop: words.garage.itWasToldToStop,
  'e-stop': words.garage.emergencyStop,
  'stale-frame': words.garage.itsCameraSendsNoFresh,
  'inference-failed': words.garage.itsModelFailedOnA,
  'inference-not-finite': words.garage.itsModelAnsweredWithNo,
  'inference-slow': words.garage.itsModelIsTooSlow,
  'outputs-lost': words.garage.motorAndSteeringDoNot,
  'lidar-lost': words.garage.theLidarThatItsModel,
  'battery-low': words.garage.itsBatteryIsBelowThe,
  'temperature-high': words.garage.itsComputerIsTooHot,
  crash: words.garage.itHitSomething,
  'picked-up': words.garage.itWasPickedUp,
  'rolled-over': words.garage.itRolledOver,
  'link-lost': words.garage.itLostTheLinkTo,
  'red-flag': words.garage.redFlag,
  'dead-man': words.garage.theHandLetGo,
};

/** Stops that are over with one command, with nothing to look at. */
const routine: ReadonlySet<string> = new Set(['stop', 'red-flag', 'dead-man']);

/** What a sentence is made of. */
type Heard = Pick<CarOverview, 'car' | 'presence' | 'state' | 'eStop' | 'rival'>;

const phases: Readonly<
  Record<Exclude<SafetyState, 'stopped' | 'faulted' | 'stopping'>, StatusText & { byHand: string }>
> = {
  disarmed: { text: words.garage.standsDisarmed, byHand: words.garage.standsDisarmed, tone: 'good' },
  armed: { text: words.garage.armedItMayGoAt, byHand: words.garage.armedByHand, tone: 'warn' },
  starting: { text: words.garage.aboutToDriveHandsOff, byHand: words.garage.aboutToDriveHandsOff, tone: 'warn' },
  driving: { text: words.garage.drives, byHand: words.garage.drivenByHand, tone: 'good' },
};

/**
 * How a car is, as a sentence. `clear` is how *Clear* is pressed here.
 * What it said last of a car that is away is the past, and is not shown as what is.
 */
export function carSentence({ car, presence, state, eStop, rival }: Heard, clear = words.garage.clear): StatusText {
  if (rival !== null)
    return {
      text: words.garage.twoComputersSayThatThey(car, rival.host ?? words.garage.theOtherOne),
      tone: 'bad',
    };
  if (eStop !== null && eStop.answered !== 'stopped' && state?.safety !== 'faulted')
    return { text: words.garage.emergencyStopAndNobodyKnows(eStop.by), tone: 'bad' };
  if (presence === null) return { text: words.garage.neverHeard, tone: 'unknown' };
  if (presence.status === 'lost') return { text: words.garage.linkLostNobodyKnowsWhat, tone: 'bad' };
  if (presence.status === 'offline') return { text: words.garage.off, tone: 'unknown' };
  if (state === null) return { text: words.garage.thereAndHasNotSaid, tone: 'unknown' };
  const { safety, reason, manual } = state;
  const why = reason === null ? '' : `: ${reasonWords[reason] ?? reason}`;
  switch (safety) {
    case 'faulted':
      return { text: words.garage.stoppedLookAtItThen(why, clear), tone: 'bad' };
    case 'stopping':
      return { text: words.garage.stopping(why), tone: 'warn' };
    case 'stopped':
      return reason === null || routine.has(reason)
        ? { text: words.garage.stopped(why), tone: 'warn' }
        : { text: words.garage.stoppedPutItRightHands(why, clear), tone: 'bad' };
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
  if (telemetry?.battery === undefined) return { text: words.garage.notTold, tone: 'unknown' };
  const { unit, value } = telemetry.battery;
  const text = unit === 'volts' ? words.garage.valueV(decimal(value, 1)) : words.garage.of11(value);
  if (state?.reason === 'battery-low') return { text: words.garage.empty(text), tone: 'bad' };
  const cells = cellsOf(value);
  if (unit === 'volts' && cells === undefined) return { text, tone: 'unknown' };
  const [low, empty] = unit === 'volts' ? [3.55, 3.35].map((volts) => volts * (cells ?? 1)) : [4, 2];
  if (value <= (empty as number)) return { text: words.garage.empty(text), tone: 'bad' };
  return value <= (low as number) ? { text: words.garage.low(text), tone: 'warn' } : { text, tone: 'good' };
}

/** Age of the last word from which it is worth a look, and from which nobody knows any more, ms. A car speaks ten times a second. */
const late = 1500;
const silent = 3000;

/** When the car itself spoke last; `now` and `heardAt` are ms in the page's clock. */
export function linkStatus({ presence, heardAt }: LiveCar, now: number): StatusText {
  if (presence === null) return { text: words.garage.neverHeardSmall, tone: 'unknown' };
  if (presence.status === 'lost') return { text: words.garage.lost, tone: 'bad' };
  if (presence.status === 'offline') return { text: words.garage.offSmall, tone: 'unknown' };
  if (heardAt === null) return { text: words.garage.noWordSinceThisPage, tone: 'warn' };
  const age = Math.max(0, now - heardAt);
  if (age < late) return { text: words.garage.heardNow, tone: 'good' };
  return { text: words.garage.lastHeardSAgo(Math.round(age / 1000)), tone: age < silent ? 'warn' : 'bad' };
}
