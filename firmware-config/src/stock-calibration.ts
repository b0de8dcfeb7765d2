import { parseJson } from '@pitwall/protocol';
import { z } from 'zod';
import { withCalibration } from './calibration.js';
import type { CarProfile } from './car-profile.js';
import type { Pulses } from './drivetrain-profile.js';

const Entry = z.object({
  min: z.number().int(),
  mid: z.number().int(),
  max: z.number().int(),
  polarity: z.union([z.literal(1), z.literal(-1)]),
});
/**
 * `/opt/aws/deepracer/calibration.json`; nanoseconds. Older files have no `version`, and the car's own software takes them
 * (aws-deepracer-servo-pkg, servo_mgr.cpp).
 */
const StockCalibration = z.object({ Calibration: z.object({ Servo: Entry, Motor: Entry }) });

interface PulsePair {
  readonly steering: Pulses;
  readonly motor: Pulses;
}

/** The pulse widths of a stock car's calibration file. @throws PitwallError `profile-invalid` */
export function readStockCalibration(json: string, file: string): PulsePair {
  const { Servo, Motor } = parseJson(StockCalibration, json, `The calibration ${file}`, 'profile-invalid').Calibration;
  return { steering: Servo, motor: Motor };
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
