import { setTimeout as delay } from 'node:timers/promises';
import { kernelBootId, thisComputer } from '@pitwall/runtime';
import { joinTrack } from '@pitwall/runtime/join-track';
import type { Command } from 'commander';
import { joinedFolder } from '../config/index.js';

export function addJoin(program: Command): void {
  program
    .command('join')
    .description('join a controller, with a token that this car makes itself: the configuration needs no link then')
    .argument('<code>', 'what the controller’s page Cars shows: a link, a file that holds it, or the code alone')
    .option('--controller <url>', 'where the controller is, for a code alone', 'https://pitwall.local:8080')
    .action(async (invitation: string, { controller }: { controller: string }) => {
      const { name, joined } = await joinTrack({
        invitation,
        controller,
        role: 'car',
        host: thisComputer(kernelBootId()).host,
        folderOf: joinedFolder,
        say: console.log,
        wait: (ms) => delay(ms),
      });
      console.log(`Car ${name} is in: pitwall-agent run --car ${name} … goes to ${joined.url}`);
    });
}
