import type { Outputs } from '../drivetrain.js';
import { pulse } from '../pulse-width.js';
import type { BridgeProfile, Pca9685Profile, PulsesProfile } from './profile.js';
import { levelRegisters, preScaleOf, registerOf, registersOf } from './registers.js';

/** The first register of a channel, and the four values from there on. */
export interface OutputRegisters {
  readonly register: number;
  readonly values: readonly [number, number, number, number];
}

/** What the chip is told for these outputs, in order: the motor first, for it is the one that hurts. */
export const outputRegisters = (
  profile: Pca9685Profile,
  outputs: Outputs,
  hasMotor: boolean,
): readonly OutputRegisters[] =>
  profile.kind === 'pca9685' ? pulses(profile, outputs, hasMotor) : bridges(profile, outputs, hasMotor);

const servo = (
  { channel, ...widths }: PulsesProfile['steering'],
  value: number,
  frequency: number,
): OutputRegisters => ({
  register: registerOf(channel),
  values: registersOf(pulse(value, widths), preScaleOf(frequency)),
});

function pulses(
  { motor, steering, frequency }: PulsesProfile,
  outputs: Outputs,
  hasMotor: boolean,
): readonly OutputRegisters[] {
  const values = registersOf(hasMotor ? pulse(outputs.throttle, motor) : undefined, preScaleOf(frequency));
  return [{ register: registerOf(motor.channel), values }, servo(steering, outputs.steering, frequency)];
}

/**
 * Two motors steer as the community's differential drive does (deepracer-custom-car docs/diffdrive.md): the inner one slower by a share, the
 * outer one faster by the same. A motor at rest has all of its inputs low: it coasts (TB6612FNG data sheet, "H-SW control function";
 * DRV8833, table 1).
 */
function bridges(
  { left, right, differential, steering, frequency }: BridgeProfile,
  outputs: Outputs,
  hasMotor: boolean,
): readonly OutputRegisters[] {
  const throttle = hasMotor ? outputs.throttle : 0;
  const turn = right === undefined ? 0 : differential * clamped(outputs.steering);
  return [
    ...bridge(left, throttle * (1 - turn)),
    ...(right === undefined ? [] : bridge(right, throttle * (1 + turn))),
    ...(steering === undefined ? [] : [servo(steering, outputs.steering, frequency)]),
  ];
}

/** What is low is told first: there is no moment in which both inputs drive. */
function bridge({ forward, backward, speed }: BridgeProfile['left'], value: number): readonly OutputRegisters[] {
  const share = clamped(value);
  const level = (channel: number, of: number): OutputRegisters => ({
    register: registerOf(channel),
    values: levelRegisters(of),
  });
  const [on, off] = share < 0 ? [backward, forward] : [forward, backward];
  if (speed === undefined) return [level(off, 0), level(on, Math.abs(share))];
  // At rest its speed goes first.
  return share === 0
    ? [level(speed, 0), level(off, 0), level(on, 0)]
    : [level(off, 0), level(on, 1), level(speed, Math.abs(share))];
}

const clamped = (value: number): number => (Number.isNaN(value) ? 0 : Math.max(-1, Math.min(1, value)));
