import { createReadStream, mkdirSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Command } from 'commander';
import { type Config, databaseOf, readControllerConfig } from '../compose/config.js';
import { allMigrations } from '../compose/migrations.js';
import { Outbox, type OutboxResult, openSigner, readResultLine, resultLine } from '../forwarding/index.js';
import { openStore, type Store } from '../store/index.js';

interface OutboxFlags {
  readonly config?: string;
  readonly data?: string;
  readonly database?: string;
  readonly destination: string;
  readonly json?: boolean;
}

const atOnce = 500;

/** For venues with no network at all: carry what waits to where there is one. A result that arrives twice counts once. */
export function addOutbox(program: Command): void {
  const outbox = program.command('outbox').description('results that wait to be sent to leaderboards');
  const sub = (name: string, description: string) =>
    outbox
      .command(name)
      .description(description)
      .argument('<file>', 'one signed result a line (NDJSON)')
      .option('--config <file>', 'YAML file')
      .option('--data <folder>', 'the data folder of the controller')
      .option('--database <where>', 'a SQLite file or postgres://…')
      .option('--json', 'one JSON object');
  sub('export', 'write what waits for a destination to a file; it goes on waiting here')
    .option('--destination <name>', 'for whom', 'local')
    .action(async (file: string, flags: OutboxFlags) => {
      const count = await withStore(flags, async (store, config) => {
        const signer = await openSigner(join(config.data, 'source.key.json'));
        const out = await open(file, 'w', 0o600);
        let written = 0;
        try {
          for await (const result of new Outbox(store, []).waiting(flags.destination)) {
            await out.appendFile(`${await resultLine(result, signer)}\n`);
            written += 1;
          }
          await out.sync();
        } finally {
          await out.close();
        }
        return written;
      });
      console.log(flags.json ? JSON.stringify({ exported: count, file }) : `${count} results are in ${file}.`);
    });
  sub('import', 'put the results of a file into this controller’s outbox').action(
    async (file: string, flags: OutboxFlags) => {
      const { lines, added } = await withStore(flags, (store, config) => importFile(store, config, file));
      console.log(
        flags.json
          ? JSON.stringify({ lines, deliveries: added, file })
          : `${lines} results were read; ${added} deliveries are new.`,
      );
    },
  );
}

async function importFile(store: Store, config: Config, file: string): Promise<{ lines: number; added: number }> {
  const outbox = new Outbox(store, ['local', ...config.forwarding.map(({ name }) => name)]);
  let number = 0;
  let lines = 0;
  let added = 0;
  let results: OutboxResult[] = [];
  const put = async () => {
    const some = results;
    results = [];
    added += await store
      .as<never>()
      .transaction()
      .execute((transaction) => outbox.put(transaction, some));
  };
  for await (const line of createInterface({ input: createReadStream(file) })) {
    number += 1;
    if (line.trim() === '') continue;
    lines += 1;
    results.push(readResultLine(line, number));
    if (results.length >= atOnce) await put();
  }
  await put();
  return { lines, added };
}

async function withStore<T>(
  { config: file, data, database }: OutboxFlags,
  work: (store: Store, config: Config) => Promise<T>,
): Promise<T> {
  const config = readControllerConfig(file, process.env, { data, database });
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const store = await openStore(databaseOf(config), allMigrations);
  try {
    return await work(store, config);
  } finally {
    await store.close();
  }
}
