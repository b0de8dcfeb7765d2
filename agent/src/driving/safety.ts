import { type ErrorCode, PitwallError } from '@pitwall/protocol';
import type { DrivingAction, SafetyState, TrackFlag } from '@pitwall/protocol/messages';
import { type Reason, reasons } from './reasons.js';

/** What the car is: a value, changed by {@link transition} alone. */
export interface Safety {
  readonly phase: SafetyState;
  /** Driven by hand instead of by policy. */
  readonly manual: boolean;
  /** Why it is stopping, stopped or faulted. */
  readonly reason: Reason | null;
  /** What holds right now, whether or not it bites in this phase; nothing starts while one is there. */
  readonly active: readonly Reason[];
  /** Percent, as set by staff. */
  readonly scale: number;
  /** Percent of that, as its run has it. */
  readonly runSpeed: number;
  readonly flag: TrackFlag;
}

/** What arming needs, as it is at this moment. A missing IMU and an unknown battery are not among it. */
export interface Readiness {
  readonly policy: boolean;
  /** It answers, as far as it was asked. */
  readonly answers: boolean;
  readonly frames: boolean;
  readonly outputs: boolean;
  readonly calibrated: boolean;
  /** Every other sensor that the policy needs says something. */
  readonly sensors: boolean;
  /** A stop that does not use the link worked today; true where the link's loss stops the car. */
  readonly localStop: boolean;
}

export type SafetyEvent =
  | { readonly type: 'command'; readonly action: Exclude<DrivingAction, { type: 'drive' }>; readonly ready: Readiness }
  /** It holds from now on (until `passed`). */
  | { readonly type: 'raised'; readonly reason: Reason }
  /** It happened, and is over: a failed inference, a crash, a pressed button. */
  | { readonly type: 'happened'; readonly reason: Reason }
  | { readonly type: 'passed'; readonly reason: Reason }
  /** Stopping is over: the car stands. */
  | { readonly type: 'at-rest' }
  /** Who stands around had the time that a start gave them. */
  | { readonly type: 'warned' };

export const initialSafety: Safety = {
  phase: 'disarmed',
  manual: false,
  reason: null,
  active: [],
  scale: 100,
  runSpeed: 100,
  flag: 'green',
};

/** The only phase in which a setpoint other than neutral may leave the agent. */
export const mayMove = (safety: Safety): boolean => safety.phase === 'driving';
/** It drives, or is about to: what stops a car that drives stops it. */
export const isWatched = (safety: Safety): boolean => safety.phase === 'driving' || safety.phase === 'starting';
/** The enable line: on from arming until disarmed or faulted. */
export const isPowered = (safety: Safety): boolean => safety.phase !== 'disarmed' && safety.phase !== 'faulted';
/** Percent by which the throttle is multiplied: never more than staff set. */
export function scaleNow({ scale, runSpeed, flag }: Safety, yellowPercent: number): number {
  const left = (scale * runSpeed) / 100;
  return flag === 'yellow' ? Math.min(left, yellowPercent) : left;
}

/**
 * One step of the safety state machine: disarmed → armed → (starting →) driving → stopping → stopped; faulted with a
 * reason. Pure. @throws PitwallError when a command is refused; the state is then what it was.
 */
export function transition(safety: Safety, event: SafetyEvent): Safety {
  switch (event.type) {
    case 'command':
      return commanded(safety, event.action, event.ready);
    case 'raised':
      return struck(
        safety.active.includes(event.reason) ? safety : { ...safety, active: [...safety.active, event.reason] },
        event.reason,
      );
    case 'happened':
      return struck(safety, event.reason);
    case 'passed':
      return { ...safety, active: safety.active.filter((reason) => reason !== event.reason) };
    case 'at-rest':
      return safety.phase === 'stopping' ? { ...safety, phase: 'stopped' } : safety;
    case 'warned':
      return safety.phase === 'starting' ? { ...safety, phase: 'driving' } : safety;
  }
}

/** A reason bites, or not in this phase. A fault is never replaced by a lesser one. */
function struck(safety: Safety, reason: Reason): Safety {
  const { clears, bites } = reasons[reason];
  if (safety.phase === 'faulted') return safety;
  if (bites === 'armed' && !isPowered(safety)) return safety;
  if (bites === 'driving' && !isWatched(safety)) return safety;
  if (clears === 'staff') return { ...safety, phase: 'faulted', reason };
  return { ...safety, phase: safety.phase === 'starting' ? 'stopped' : 'stopping', reason };
}

function commanded(safety: Safety, action: Exclude<DrivingAction, { type: 'drive' }>, ready: Readiness): Safety {
  switch (action.type) {
    case 'e-stop':
      return struck(safety, 'e-stop');
    case 'stop':
      if (isWatched(safety)) return struck(safety, 'stop');
      // Also an armed car stands still then until it is told to start: the command never means less than "do not move".
      return safety.phase === 'armed' ? { ...safety, phase: 'stopped', reason: 'stop' } : safety;
    case 'clear':
      if (safety.phase !== 'faulted' && safety.phase !== 'stopped') {
        refuse('command-refused', `There is nothing to clear: the car is ${safety.phase}.`);
      }
      refuseActive(safety, 'cleared');
      return { ...safety, phase: 'disarmed', reason: null };
    case 'arm': {
      if (safety.phase !== 'disarmed') {
        refuse('command-refused', `Only a disarmed car can be armed; it is ${safety.phase}.${hint(safety)}`);
      }
      const manual = action.manual ?? false;
      refuseUnready(ready, manual);
      refuseActive(safety, 'armed');
      return { ...safety, phase: 'armed', manual, reason: null };
    }
    case 'start':
      if (safety.phase !== 'armed' && safety.phase !== 'stopped') {
        refuse('command-refused', `Only an armed or stopped car can start; it is ${safety.phase}.${hint(safety)}`);
      }
      return driving(safety, ready, (action.warn ?? 0) > 0 ? 'starting' : 'driving');
    case 'resume':
      if (safety.phase !== 'stopped' && safety.phase !== 'stopping') {
        refuse('command-refused', `Only a stopped car can resume; it is ${safety.phase}.${hint(safety)}`);
      }
      return driving(safety, ready, 'driving');
    case 'throttle-scale':
      return { ...safety, scale: action.percent };
    case 'run-speed':
      return { ...safety, runSpeed: action.percent };
    case 'flag': {
      const flagged = { ...safety, flag: action.flag };
      return transition(flagged, { type: action.flag === 'red' ? 'raised' : 'passed', reason: 'red-flag' });
    }
  }
}

/**
 * What stands between the car and driving off by its model now, each in words; empty: it could be armed and started. One that
 * rolls out stands in a moment.
 */
export function hindrances(safety: Safety, ready: Readiness): string[] {
  const { phase, manual, reason, active } = safety;
  const state =
    phase === 'faulted'
      ? [`${reason === null ? 'a fault' : reasons[reason].text} (clear it)`]
      : phase === 'starting' || phase === 'driving'
        ? [`it is ${phase}`]
        : manual && phase !== 'disarmed'
          ? ['it is armed for driving by hand (stop it and clear it)']
          : [];
  const holding = active.filter((one) => one !== reason || phase !== 'faulted').map((one) => reasons[one].text);
  return [...state, ...missingOf(ready, false), ...holding];
}

function driving(safety: Safety, ready: Readiness, phase: 'starting' | 'driving'): Safety {
  refuseUnready(ready, safety.manual);
  refuseActive(safety, 'started');
  return { ...safety, phase, reason: null };
}

function missingOf(ready: Readiness, manual: boolean): string[] {
  return [
    ready.policy || manual ? '' : 'no model is ready (load one)',
    ready.answers || manual ? '' : 'the model does not answer (wait; where it stays so, restart the agent)',
    ready.frames || manual ? '' : 'the camera sends no fresh frames (check it)',
    ready.sensors || manual ? '' : 'the lidar that the model needs is silent (check it, or load another model)',
    ready.outputs ? '' : 'motor and steering do not answer (check cable and power)',
    ready.calibrated ? '' : 'the profile is not calibrated (calibrate the car)',
    ready.localStop ? '' : 'no stop beside the link was tested today (press the local emergency stop once, then clear)',
  ].filter((text) => text !== '');
}

function refuseUnready(ready: Readiness, manual: boolean): void {
  const missing = missingOf(ready, manual);
  if (missing.length > 0) refuse('arming-refused', `The car is not ready: ${missing.join('; ')}.`);
}

function refuseActive(safety: Safety, what: string): void {
  if (safety.active.length === 0) return;
  const texts = safety.active.map((reason) => reasons[reason].text);
  refuse('fault-active', `The car cannot be ${what} yet: ${texts.join('; ')}.`);
}

const hint = (safety: Safety): string =>
  safety.phase === 'faulted' && safety.reason !== null
    ? ` Fault: ${reasons[safety.reason].text}. Clear it first.`
    : safety.phase === 'disarmed'
      ? ' Arm it first.'
      : '';

function refuse(code: ErrorCode, message: string): never {
  throw new PitwallError(code, message);
}
