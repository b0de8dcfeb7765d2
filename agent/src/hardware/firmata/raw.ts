import { pulse } from '../pulse-width.js';
import type { FirmataProfile } from './profile.js';

// Firmata protocol 2.x: https://github.com/firmata/protocol/blob/master/protocol.md, servos.md
const setPinMode = 0xf4;
const servoMode = 0x04;
const analogMessage = 0xe0;
const startSysex = 0xf0;
const endSysex = 0xf7;
const extendedAnalog = 0x6f;
/** Ours, from the range that Firmata leaves to users: pin, neutral µs as two 7-bit halves. Only a drive unit knows it. */
export const setNeutral = 0x0d;

const halves = (value: number): readonly [number, number] => [value & 0x7f, (value >> 7) & 0x7f];

/** One servo write: pin and pulse width in µs (StandardFirmata takes anything below 544 for degrees). */
export function servoWrite(pin: number, micros: number): number[] {
  const [low, high] = halves(micros);
  return pin < 16 ? [analogMessage | pin, low, high] : [startSysex, extendedAnalog, pin, low, high, endSysex];
}

/**
 * Neutral for whoever listens on the wire, before any handshake: as a value, then as a mode, then as a value again, so
 * that it holds for a board that drives already (the first) and for one that was just reset (the last). The leading
 * end-of-sysex ends a message that a killed process left half said.
 * @param hasMotor false while nobody knows the motor's neutral: it gets no pulse
 */
export function rawNeutral({ motor, steering, kind }: FirmataProfile, hasMotor: boolean): Uint8Array {
  const both = hasMotor ? [motor, steering] : [steering];
  const micros = (output: typeof motor) => Math.round(pulse(0, output) / 1000);
  return Uint8Array.from([
    endSysex,
    ...both.flatMap((output) => servoWrite(output.pin, micros(output))),
    ...(kind === 'drive-unit'
      ? both.flatMap((output) => [startSysex, setNeutral, output.pin, ...halves(micros(output)), endSysex])
      : []),
    ...both.flatMap((output) => [setPinMode, output.pin, servoMode]),
    ...both.flatMap((output) => servoWrite(output.pin, micros(output))),
  ]);
}
