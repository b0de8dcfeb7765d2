import { existsSync, linkSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { EpochMs, PitwallError, parse, parseJson } from '@pitwall/protocol';
import { z } from 'zod';
import type { CarProfile } from './car-profile.js';
import { Pulses } from './drivetrain-profile.js';

/** The pulse widths of one very car, as someone found them with its wheels in the air. */
export const Calibration = z.strictObject({
  schema: z.literal(1),
  /** Counts up with each one that is kept. */
  version: z.number().int().positive(),
  at: EpochMs,
  who: z.string().min(1).max(100),
  steering: Pulses,
  motor: Pulses,
});
export type Calibration = z.infer<typeof Calibration>;
export type Found = Pick<Calibration, 'steering' | 'motor' | 'who' | 'at'>;

/** @throws PitwallError `calibration-invalid`; undefined where there is no such file */
export function readCalibration(file: string): Calibration | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw new PitwallError('calibration-invalid', `The calibration ${file} cannot be read.`, { cause });
  }
  return parseJson(Calibration, text, `The calibration ${file}`, 'calibration-invalid');
}

/** Every version that was kept beside `file` (`NAME.3.json`), and the present one; the oldest first. */
export function calibrationVersions(file: string): Calibration[] {
  const folder = dirname(file);
  const earlier = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((name) => pattern(file).test(name))
    .map((name) => readCalibration(join(folder, name)))
    .filter((calibration) => calibration !== undefined);
  const present = readCalibration(file);
  const all =
    present === undefined ? earlier : [...earlier.filter(({ version }) => version !== present.version), present];
  return all.sort((a, b) => a.version - b.version);
}

/** @throws PitwallError `not-found`, `calibration-invalid` */
export function calibrationVersion(file: string, version: number): Calibration {
  const found = calibrationVersions(file).find((one) => one.version === version);
  if (found === undefined) throw new PitwallError('not-found', `There is no version ${version} of ${file}.`);
  return found;
}

/** The one in force. @throws PitwallError `not-found`, `calibration-invalid` */
export function presentCalibration(file: string): Calibration {
  const found = readCalibration(file);
  if (found === undefined) throw new PitwallError('not-found', `There is no calibration ${file} yet.`);
  return found;
}

/**
 * Keeps what was found as the next version; the one before stays as `NAME.<version>.json`.
 * @throws PitwallError `calibration-invalid`, `output-failed`
 */
export function saveCalibration(file: string, found: Found): Calibration {
  try {
    mkdirSync(dirname(file), { recursive: true });
    const versions = calibrationVersions(file);
    const present = versions.at(-1);
    const next = parse(
      Calibration,
      { schema: 1, version: (present?.version ?? 0) + 1, ...found },
      'The calibration',
      'calibration-invalid',
    );
    const unfinished = join(dirname(file), `.${basename(file)}.${process.pid}`);
    writeFileSync(unfinished, `${JSON.stringify(next, null, 2)}\n`, { flush: true });
    if (present !== undefined) keep(file, present);
    renameSync(unfinished, file);
    return next;
  } catch (cause) {
    if (cause instanceof PitwallError) throw cause;
    throw new PitwallError('output-failed', `The calibration ${file} cannot be written.`, { cause });
  }
}

function keep(file: string, { version }: Calibration): void {
  const kept = file.replace(/(\.json)?$/, `.${version}.json`);
  rmSync(kept, { force: true });
  linkSync(file, kept);
}

const pattern = (file: string): RegExp =>
  new RegExp(
    `^${basename(file)
      .replace(/\.json$/, '')
      .replace(/[.*+?^${}()|[\]\\]/g, '\\$&')}\\.\\d+\\.json$`,
  );

/** A profile with a calibration's pulse widths, and calibrated. A simulated car has none, nor a motor behind an H-bridge. */
export function withCalibration(
  profile: CarProfile,
  { steering, motor }: Pick<Calibration, 'steering' | 'motor'>,
): CarProfile {
  const { drivetrain } = profile;
  if (drivetrain.kind === 'simulated' || drivetrain.kind === 'h-bridge') return profile;
  return {
    ...profile,
    calibrated: true,
    drivetrain: {
      ...drivetrain,
      steering: { ...drivetrain.steering, ...steering },
      motor: { ...drivetrain.motor, ...motor },
    } as typeof drivetrain,
  };
}
