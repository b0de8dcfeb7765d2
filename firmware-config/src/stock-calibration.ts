import { parseJson } from '@pitwall/protocol';
import { z } from 'zod';
import type { CarProfile } from './car-profile.js';

const Entry = z.object({
  min: z.number().int(),
  mid: z.number().int(),
  max: z.number().int(),
  polarity: z.union([z.literal(1), z.literal(-1)]),
});
/** `/opt/aws/deepracer/calibration.json`; nanoseconds. Source: aws-deepracer-servo-pkg. */
const StockCalibration = z.object({ Calibration: z.object({ Servo: Entry, Motor: Entry, version: z.number() }) });

/**
 * A profile with the pulse widths of a stock car's calibration file, and calibrated.
 * @throws PitwallError `profile-invalid`
 */
export function withStockCalibration(profile: CarProfile, json: string, file: string): CarProfile {
  const { Servo, Motor } = parseJson(StockCalibration, json, `The calibration ${file}`, 'profile-invalid').Calibration;
  const { drivetrain } = profile;
  if (drivetrain.kind === 'simulated') return profile;
  return {
    ...profile,
    calibrated: true,
    drivetrain: {
      ...drivetrain,
      steering: { ...drivetrain.steering, ...Servo },
      motor: { ...drivetrain.motor, ...Motor },
    } as typeof drivetrain,
  };
}
