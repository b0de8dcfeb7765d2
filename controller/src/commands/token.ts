import { mkdirSync } from 'node:fs';
import { parse } from '@pitwall/protocol';
import type { Command } from 'commander';
import { z } from 'zod';
import { Accounts } from '../accounts/index.js';
import { databaseOf, readControllerConfig } from '../compose/config.js';
import { allMigrations } from '../compose/migrations.js';
import { openStore } from '../store/index.js';

const Holder = z.object({
  role: z.enum(['car', 'gate', 'crew', 'marshal', 'organizer', 'racer', 'source', 'standby']),
  name: z
    .string()
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,99}$/, 'must be 1 to 100 letters, digits, dots, hyphens or underscores'),
});

interface TokenFlags {
  readonly role: string;
  readonly name: string;
  readonly config?: string;
  readonly data?: string;
  readonly database?: string;
  readonly json?: boolean;
}

export function addToken(program: Command): void {
  const token = program.command('token').description('tokens of people and machines');
  const sub = (name: string, description: string) =>
    token
      .command(name)
      .description(description)
      .requiredOption('--role <role>', 'car, gate, crew, marshal, organizer, racer, source or standby')
      .requiredOption('--name <name>', 'who holds it: a car or gate by its id')
      .option('--config <file>', 'YAML file')
      .option('--data <folder>', 'the data folder of the controller')
      .option('--database <where>', 'a SQLite file or postgres://…')
      .option('--json', 'one JSON object');
  sub('issue', 'print a new token, once: it is stored nowhere').action(async (flags: TokenFlags) => {
    const holder = parse(Holder, flags, 'The holder', 'config-invalid');
    const issued = await withAccounts(flags, (accounts) => accounts.issue(holder));
    console.log(flags.json ? JSON.stringify({ ...holder, token: issued }) : issued);
  });
  sub('revoke', 'refuse all tokens that were issued to the holder').action(async (flags: TokenFlags) => {
    const holder = parse(Holder, flags, 'The holder', 'config-invalid');
    await withAccounts(flags, (accounts) => accounts.revoke(holder));
    console.log(flags.json ? JSON.stringify({ ...holder, revoked: true }) : `${holder.name} has no token any more.`);
  });
}

async function withAccounts<T>(
  { config: file, data, database }: TokenFlags,
  work: (accounts: Accounts) => Promise<T>,
): Promise<T> {
  const config = readControllerConfig(file, process.env, { data, database });
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const store = await openStore(databaseOf(config), allMigrations);
  try {
    return await work(new Accounts(store));
  } finally {
    await store.close();
  }
}
