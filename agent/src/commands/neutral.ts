import { readCarProfile } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import type { Command } from 'commander';
import { readAgentConfig } from '../config.js';
import { neutralAlone } from '../hardware/index.js';

/** For the systemd unit's ExecStopPost: covers the agent and its actuator process dying together. */
export function addNeutral(program: Command): void {
  program
    .command('neutral')
    .description('put motor and steering to neutral and switch the motor’s enable line off; for when no agent runs')
    .option('--config <file>', 'the agent’s configuration')
    .option('--profile <name>', 'car profile: a name that comes with Pitwall, or the path of a YAML file')
    .action(async ({ config, profile }: { config?: string; profile?: string }) => {
      const name = profile ?? (config === undefined ? undefined : readAgentConfig(config, process.env, {}).profile);
      if (name === undefined) throw new PitwallError('config-invalid', 'Which car? Give --config or --profile.');
      await neutralAlone(readCarProfile(name).drivetrain);
    });
}
