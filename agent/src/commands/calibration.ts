import { readFileSync, writeFileSync } from 'node:fs';
import { userInfo } from 'node:os';
import {
  calibrationVersion,
  calibrationVersions,
  parseCarProfile,
  presentCalibration,
  readCarProfile,
  readStockCalibration,
  saveCalibration,
  withStockCalibration,
  writeStockCalibration,
} from '@pitwall/firmware-config';
import { type EpochMs, PitwallError } from '@pitwall/protocol';
import type { Command } from 'commander';
import { stringify } from 'yaml';
import { measure } from '../calibration/index.js';
import { readAgentConfig } from '../config/index.js';
import { readMeasuringRun } from '../recorder/index.js';

const stockFile = '/opt/aws/deepracer/calibration.json';

/** Adds `calibration import|export|list|restore|measure`: calibrations as files. */
export function addCalibration(program: Command): void {
  const calibration = program.command('calibration').description('calibrations of cars, as files');
  calibration
    .command('import')
    .description(
      'take the pulse widths of a stock car’s calibration file: into this car’s calibration, or a profile that is printed',
    )
    .argument('[file]', 'calibration file of the stock car', stockFile)
    .option('--config <file>', 'the agent’s configuration: becomes the next version of its calibration')
    .option('--profile <name>', 'without --config: the profile to begin with', 'aws-deepracer')
    .option('--name <name>', 'without --config: the name of the printed profile', 'my-car')
    .action((file: string, { config, profile, name }: { config?: string; profile: string; name: string }) => {
      const json = read(file);
      if (config !== undefined) {
        keep(fileOf(config), readStockCalibration(json, file));
        return;
      }
      const yaml = stringify({ ...withStockCalibration(readCarProfile(profile), json, file), name });
      // What this prints, `run` must take.
      parseCarProfile(yaml, file);
      process.stdout.write(yaml);
    });
  calibration
    .command('export')
    .description('this car’s calibration as the stock car’s software reads it')
    .requiredOption('--config <file>', 'the agent’s configuration')
    .option('--out <file>', 'write it there instead of printing it')
    .action(({ config, out }: { config: string; out?: string }) => {
      const stock = writeStockCalibration(presentCalibration(fileOf(config)));
      if (out === undefined) process.stdout.write(stock);
      else write(out, stock);
    });
  calibration
    .command('list')
    .description('every version that was kept, the oldest first')
    .requiredOption('--config <file>', 'the agent’s configuration')
    .action(({ config }: { config: string }) => {
      for (const { version, at, who, steering, motor } of calibrationVersions(fileOf(config))) {
        const pulses = [steering, motor].map(({ min, mid, max, polarity }) => `${min} ${mid} ${max} ${polarity}`);
        console.log(`${version}  ${new Date(at).toISOString()}  ${who}  steering ${pulses[0]}  motor ${pulses[1]}`);
      }
    });
  calibration
    .command('restore')
    .description('an earlier version, as the next one')
    .argument('<version>', 'its number')
    .requiredOption('--config <file>', 'the agent’s configuration')
    .action((number: string, { config }: { config: string }) => {
      const file = fileOf(config);
      keep(file, calibrationVersion(file, Number(number)));
    });
  calibration
    .command('measure')
    .description('print the `mapping` of a car that was driven steadily: m/s by its laps, degrees by its yaw rate')
    .argument('<recording>', 'of the measuring run')
    .requiredOption('--length <metres>', 'from crossing to crossing', Number)
    .requiredOption('--wheelbase <metres>', 'between the axles', Number)
    .action(async (recording: string, { length, wheelbase }: { length: number; wheelbase: number }) => {
      if (!(length > 0 && wheelbase > 0)) {
        throw new PitwallError('config-invalid', '--length and --wheelbase are metres, such as 17.6 and 0.164.');
      }
      const { steering, speed } = measure(await readMeasuringRun(recording), { length, wheelbase });
      process.stdout.write(stringify({ mapping: { kind: 'physical', steering, speed } }));
    });
}

function keep(file: string, { steering, motor }: Parameters<typeof writeStockCalibration>[0]): void {
  const { version } = saveCalibration(file, {
    steering,
    motor,
    who: userInfo().username,
    at: Date.now() as EpochMs,
  });
  console.log(`Saved as version ${version} in ${file}.`);
}

function fileOf(config: string): string {
  const { calibration } = readAgentConfig(config, process.env, {});
  if (calibration === undefined) {
    throw new PitwallError('config-invalid', `${config} has no key calibration: name the file to keep it in.`);
  }
  return calibration;
}

function read(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PitwallError('not-found', `The calibration ${file} cannot be read.`, { cause });
  }
}

function write(file: string, text: string): void {
  try {
    writeFileSync(file, text);
  } catch (cause) {
    throw new PitwallError('output-failed', `${file} cannot be written.`, { cause });
  }
}
