import { readFileSync } from 'node:fs';
import { PitwallError, parseJson } from '@pitwall/protocol';
import type { Command } from 'commander';
import { z } from 'zod';
import { readCard } from '../leaderboard/index.js';

const Issuers = z.object({ keys: z.array(z.object({ kty: z.string(), crv: z.string(), x: z.string() })).min(1) });

export function addRacer(program: Command): void {
  program
    .command('racer')
    .description('racers and their cards')
    .command('verify')
    .description('say whose card this is; needs no network, only the issuer’s public keys')
    .argument('<card>', 'the text of the QR')
    .requiredOption('--keys <file>', 'what the issuer answers at /api/v1/racers/keys')
    .option('--json', 'one JSON object')
    .action(async (card: string, { keys: file, json }: { keys: string; json?: boolean }) => {
      let text: string;
      try {
        text = readFileSync(file, 'utf8');
      } catch (cause) {
        throw new PitwallError('config-invalid', `The file of keys ${file} cannot be read.`, { cause });
      }
      const { keys } = parseJson(Issuers, text, `The file of keys ${file}`, 'config-invalid');
      const content = await readCard(card, keys);
      console.log(json ? JSON.stringify(content) : `${content.alias} (${content.racer})`);
    });
}
