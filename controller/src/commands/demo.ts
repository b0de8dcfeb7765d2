import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Command } from 'commander';
import { Accounts, type Principal, secretFile } from '../accounts/index.js';
import { allMigrations } from '../compose/migrations.js';
import { Demo, type DemoTokens, demoIds } from '../demo/index.js';
import { openStore } from '../store/index.js';

const repository = new URL('../../../', import.meta.url);
const model = fileURLToPath(new URL('agent/models/sample.tar.gz', repository));
const track = fileURLToPath(new URL('protocol/tracks/harbour.json', repository));

export function addDemo(program: Command): void {
  program
    .command('demo')
    .description('race on this machine alone: a controller, a gate and a simulated car, three laps, and the board')
    .option('--data <folder>', 'database, credentials and logs', 'pitwall-data')
    .option(
      '--host <host>',
      'address of the pages and the broker: 0.0.0.0 for a whole hall, over TLS (default: 127.0.0.1)',
    )
    .option('--port <port>', 'port of the page; the next free one where it is in use', '8080')
    .option('--once', 'end when the standing is shown')
    .action(async ({ data, host, port, once }: { data: string; host?: string; port: string; once?: boolean }) => {
      const tokens = await demoTokens(data);
      const demo = new Demo({ data, host, port: Number(port), laps: 3, model, track, tokens, say: console.log });
      const asked = new Promise<'asked'>((resolve) => {
        process.once('SIGINT', () => resolve('asked'));
        process.once('SIGTERM', () => resolve('asked'));
      });
      try {
        const done = await Promise.race([asked, demo.start()]);
        if (done !== 'asked' && once !== true) {
          console.log('The pages stay up until Ctrl-C.');
          await Promise.race([asked, demo.lost]);
        }
      } finally {
        await demo.stop();
      }
    });
}

/** The demo's own credentials: made on the first start, used again afterwards. */
async function demoTokens(data: string): Promise<DemoTokens> {
  const folder = join(data, 'credentials');
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  const store = await openStore(join(data, 'pitwall.db'), allMigrations);
  try {
    const accounts = new Accounts(store);
    const file = (principal: Principal) =>
      secretFile(join(folder, `${principal.role}-${principal.name}.token`), accounts, principal);
    return {
      car: await file({ name: demoIds.car, role: 'car' }),
      gate: await file({ name: demoIds.gate, role: 'gate' }),
      organizer: await file({ name: 'demo', role: 'organizer' }),
      source: await secretFile(join(data, 'forwarding.token'), accounts, { name: demoIds.source, role: 'source' }),
    };
  } finally {
    await store.close();
  }
}
