import { rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { DrivetrainProfile } from '@pitwall/firmware-config';
import { neutralScript } from '../hardware/index.js';

/**
 * Leaves, where systemd gave the service a folder for its running time (RUNTIME_DIRECTORY, systemd.exec(5)), the script that
 * its ExecStopPost runs: whole, or the one before.
 */
export async function keepNeutralScript(
  drivetrain: DrivetrainProfile,
  motor: boolean,
  folder: string | undefined = process.env.RUNTIME_DIRECTORY,
): Promise<void> {
  if (folder === undefined) return;
  const file = join(folder, 'neutral.sh');
  await writeFile(`${file}.new`, await neutralScript(drivetrain, { motor }), { mode: 0o644 });
  await rename(`${file}.new`, file);
}
