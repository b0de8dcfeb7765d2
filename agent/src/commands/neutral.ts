import { readCarProfile } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import type { Command } from 'commander';
import { profileOf, readAgentConfig } from '../config/index.js';
import { neutralAlone } from '../hardware/index.js';

/** For the systemd unit's ExecStopPost: covers the agent and its actuator process dying together. */
export function addNeutral(program: Command): void {
  program
    .command('neutral')
    .description('put motor and steering to neutral and switch the motor’s enable line off; for when no agent runs')
    .option('--config <file>', 'the agent’s configuration')
    .option('--profile <name>', 'car profile: a name that comes with Pitwall, or the path of a YAML file')
    .action(async ({ config, profile }: { config?: string; profile?: string }) => {
      if (config === undefined && profile === undefined) {
        throw new PitwallError('config-invalid', 'Which car? Give --config or --profile.');
      }
      const car =
        config === undefined
          ? readCarProfile(profile as string)
          : profileOf(readAgentConfig(config, process.env, profile === undefined ? {} : { profile }));
      await neutralAlone(car.drivetrain, { motor: car.calibrated });
    });
}
