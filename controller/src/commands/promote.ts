import type { Command } from 'commander';
import { readControllerConfig } from '../compose/config.js';
import { promoteHere } from '../compose/standby.js';
import { passphraseFrom } from './passphrase.js';

interface PromoteFlags {
  readonly config?: string;
  readonly data?: string;
  readonly port?: string;
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

export function addPromote(program: Command): void {
  program
    .command('promote')
    .description('make the standby on this machine the controller, where the one that it follows is lost')
    .option('--config <file>', 'YAML file')
    .option('--data <folder>', 'the data folder of the standby')
    .option('--port <port>', 'its port')
    .option('--passphrase-file <file>', 'holds the passphrase in its first line; without it the terminal asks')
    .option('--json', 'one JSON object')
    .action(async ({ config: yaml, data, port, passphraseFile, json }: PromoteFlags) => {
      const config = readControllerConfig(yaml, process.env, { data, http: { port } });
      const term = await promoteHere(config, () => passphraseFrom(passphraseFile));
      console.log(json ? JSON.stringify({ term }) : `The standby is the controller now (term ${term}).`);
    });
}
