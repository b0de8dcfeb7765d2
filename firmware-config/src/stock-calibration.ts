import { PitwallError } from '@pitwall/protocol';
import { withCalibration } from './calibration.js';
import type { CarProfile } from './car-profile.js';
import { type Pulses, shortestAndLongest } from './drivetrain-profile.js';

interface PulsePair {
  readonly steering: Pulses;
  readonly motor: Pulses;
}

/**
 * The pulse widths of a stock car's calibration file, `/opt/aws/deepracer/calibration.json`, in nanoseconds; those of older
 * software have no version, or write numbers as texts. Source: aws-deepracer-servo-pkg.
 * @throws PitwallError `profile-invalid`, in the file's own words
 */
export function readStockCalibration(json: string, file: string): PulsePair {
  const refused = (why: string, cause?: unknown) =>
    new PitwallError('profile-invalid', `The calibration ${file} ${why}`, cause === undefined ? {} : { cause });
  const text = json.replace(/^\uFEFF/, '');
  if (text.trim() === '') throw refused('is empty; copy it from the car again.');
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw refused(`is not JSON (${(cause as Error).message.slice(0, 120)}).`, cause);
  }
  const calibration = fieldOf(value, 'Calibration');
  const [servo, motor] = [fieldOf(calibration, 'Servo'), fieldOf(calibration, 'Motor')];
  for (const [what, found] of [
    ['Calibration', calibration],
    ['Calibration.Servo', servo],
    ['Calibration.Motor', motor],
  ] as const)
    if (!isObject(found)) throw refused(`has no ${what}; it is no calibration of a stock car.`);
  return {
    steering: pulsesOf(servo, 'Calibration.Servo', refused),
    motor: pulsesOf(motor, 'Calibration.Motor', refused),
  };
}

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
const fieldOf = (value: unknown, name: string): unknown => (isObject(value) ? value[name] : undefined);

function pulsesOf(entry: unknown, what: string, refused: (why: string) => PitwallError): Pulses {
  const number = (name: string): number => {
    const given = fieldOf(entry, name);
    if (given === undefined || given === null) throw refused(`has no ${what}.${name}.`);
    const value = typeof given === 'string' && given.trim() !== '' ? Number(given) : given;
    if (typeof value !== 'number' || !Number.isFinite(value))
      throw refused(`has ${JSON.stringify(given)?.slice(0, 40)} as ${what}.${name}, which is no number.`);
    return value;
  };
  const [least, most] = shortestAndLongest;
  const pulse = (name: string): number => {
    const width = Math.round(number(name));
    if (width < least || width > most)
      throw refused(`has ${width} as ${what}.${name}; pulses are ${least} to ${most} ns.`);
    return width;
  };
  const [min, mid, max, polarity] = [pulse('min'), pulse('mid'), pulse('max'), number('polarity')];
  if (polarity !== 1 && polarity !== -1) throw refused(`has ${polarity} as ${what}.polarity; it is 1 or -1.`);
  if (mid <= Math.min(min, max) || mid >= Math.max(min, max))
    throw refused(`has ${mid} as ${what}.mid, which is not between its min ${min} and its max ${max}.`);
  // The stock car computes mid + p · (p < 0 ? mid − min : max − mid): with its ends the other way round it turns the other way.
  return min < max ? { min, mid, max, polarity } : { min: max, mid, max: min, polarity: polarity === 1 ? -1 : 1 };
}

/** As the stock car's own software reads it. */
export function writeStockCalibration({ steering, motor }: PulsePair): string {
  const entry = ({ min, mid, max, polarity }: Pulses) => ({ min, mid, max, polarity });
  return `${JSON.stringify({ Calibration: { Servo: entry(steering), Motor: entry(motor), version: 1 } })}\n`;
}

/**
 * A profile with the pulse widths of a stock car's calibration file, and calibrated.
 * @throws PitwallError `profile-invalid`
 */
export const withStockCalibration = (profile: CarProfile, json: string, file: string): CarProfile =>
  withCalibration(profile, readStockCalibration(json, file));
