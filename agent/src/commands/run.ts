import type { Command } from 'commander';
import { runAgent } from '../compose/index.js';
import { profileOf, readAgentConfig } from '../config/index.js';

export function addRun(program: Command): void {
  program
    .command('run')
    .description('drive one car: camera, model, wheels, and the link to the track')
    .option('--config <file>', 'YAML configuration; environment variables PITWALL_AGENT_… and flags go over it')
    .option('--car <id>', 'the id of the car')
    .option('--profile <name>', 'car profile: a name that comes with Pitwall, or the path of a YAML file')
    .option('--model <archive>', 'the racer’s model archive')
    .action(async ({ config, ...flags }: { config?: string; car?: string; profile?: string; model?: string }) => {
      const agentConfig = readAgentConfig(config, process.env, flags);
      await runAgent(agentConfig, profileOf(agentConfig), config);
    });
}
