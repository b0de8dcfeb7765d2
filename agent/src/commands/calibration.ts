import { readFileSync } from 'node:fs';
import { parseCarProfile, readCarProfile, withStockCalibration } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import type { Command } from 'commander';
import { stringify } from 'yaml';

/** Writes a profile to the terminal; where it is kept is the pit crew's business. */
export function addCalibration(program: Command): void {
  program
    .command('calibration')
    .description('calibrations of cars')
    .command('import')
    .description('print a car profile with the pulse widths of a stock car’s calibration file')
    .argument('[file]', 'calibration file of the stock car', '/opt/aws/deepracer/calibration.json')
    .option('--profile <name>', 'the profile to begin with', 'aws-deepracer')
    .option('--name <name>', 'the name of the new profile', 'my-car')
    .action((file: string, { profile, name }: { profile: string; name: string }) => {
      let json: string;
      try {
        json = readFileSync(file, 'utf8');
      } catch (cause) {
        throw new PitwallError('not-found', `The calibration ${file} cannot be read.`, { cause });
      }
      const yaml = stringify({ ...withStockCalibration(readCarProfile(profile), json, file), name });
      // What this prints, `run` must take.
      parseCarProfile(yaml, file);
      process.stdout.write(yaml);
    });
}
