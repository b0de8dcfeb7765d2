import type { ReceiverProfile } from '@pitwall/firmware-config';
import type { Outputs } from '../drivetrain.js';
import type { RcFrame } from './frames.js';

/** A stick that is this close to its middle rests. */
const restShare = 0.15;
/** A switch is on above the one and off below the other, in µs; between them it is what it was. */
const [offBelow, onAbove] = [1400, 1600];

/** What the hand at the transmitter wants. */
export interface Hand {
  /** Stopped by the kill switch, or by what does not hear it. */
  readonly killed: boolean;
  /** It drives the car, this way. */
  readonly drives: Outputs | undefined;
  readonly command: 'arm-and-start' | 'stop' | undefined;
}

/**
 * A transmitter's kill switch and its switch for driving by hand. What is not heard counts as killed. The hand drives from the moment at
 * which that switch is put on with the throttle's stick at rest, not from finding it on; and after a kill only from the next time on.
 */
export class TransmitterSwitches {
  readonly #profile: ReceiverProfile;
  #manual: boolean | undefined;
  #drives = false;

  constructor(profile: ReceiverProfile) {
    this.#profile = profile;
  }

  /** @param frame the last one; undefined: nothing was heard for too long */
  take(frame: RcFrame | undefined): Hand {
    const { kill, manual, steering, throttle } = this.#profile;
    const heard = frame === undefined || frame.failsafe ? undefined : frame.channels;
    const killed = kill !== undefined && (heard === undefined || isOn(heard[kill.channel - 1], kill.high) !== false);
    const before = this.#manual;
    if (heard === undefined) this.#manual = undefined;
    else if (manual !== undefined) this.#manual = isOn(heard[manual - 1], true) ?? before;
    const wants = {
      steering: share(heard?.[steering.channel - 1], steering.reversed),
      throttle: share(heard?.[throttle.channel - 1], throttle.reversed),
    };
    if (this.#drives && (killed || this.#manual !== true)) {
      this.#drives = false;
      return { killed, drives: undefined, command: 'stop' };
    }
    const begins = !killed && before === false && this.#manual === true && Math.abs(wants.throttle) <= restShare;
    if (begins) this.#drives = true;
    return { killed, drives: this.#drives ? wants : undefined, command: begins ? 'arm-and-start' : undefined };
  }
}

/** Undefined: between on and off, or not there. */
function isOn(micros: number | undefined, high: boolean): boolean | undefined {
  if (micros === undefined || (micros >= offBelow && micros <= onAbove)) return undefined;
  return micros > onAbove === high;
}

/** −1 to 1; a longer pulse is left, or forward, unless it is reversed. */
function share(micros: number | undefined, reversed: boolean): number {
  const value = Math.max(-1, Math.min(1, ((micros ?? 1500) - 1500) / 500));
  return reversed ? -value : value;
}
