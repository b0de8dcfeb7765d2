import { createWriteStream, existsSync } from 'node:fs';
import { open, rename, rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { PitwallError } from '@pitwall/protocol';
import type { Command } from 'commander';
import { backup, restore } from '../backup/index.js';
import { databaseOf, readControllerConfig } from '../compose/config.js';
import { version } from '../compose/version.js';
import { passphraseFrom } from './passphrase.js';

interface BackupFlags {
  readonly config?: string;
  readonly data?: string;
  readonly database?: string;
  readonly passphraseFile?: string;
  readonly json?: boolean;
}

const common = (command: Command): Command =>
  command
    .option('--data <folder>', 'the data folder of the controller')
    .option('--database <where>', 'a SQLite file or postgres://…')
    .option('--passphrase-file <file>', 'holds the passphrase in its first line; without it the terminal asks')
    .option('--json', 'one JSON object');

export function addBackup(program: Command): void {
  common(program.command('backup').description('one file of everything, also while a controller runs'))
    .argument('<file>', 'the file to write')
    .option('--config <file>', 'YAML file')
    .action(async (file: string, { config: yaml, passphraseFile, json, ...flags }: BackupFlags) => {
      const config = readControllerConfig(yaml, process.env, flags);
      if (!existsSync(config.data))
        throw new PitwallError(
          'config-invalid',
          `There is no data folder ${config.data}: name the controller's with --data or --config.`,
        );
      const passphrase = await passphraseFrom(passphraseFile, { twice: true });
      const options = { data: config.data, database: databaseOf(config), version, now: Date.now };
      const bytes = await write(file, async (unfinished) => {
        await pipeline(await backup(options, passphrase), createWriteStream(unfinished, { flags: 'wx', mode: 0o600 }));
      });
      console.log(
        json
          ? JSON.stringify({ file, bytes })
          : `Everything is in ${file} (${bytes} bytes). Keep the passphrase: nobody can open it without.`,
      );
    });
}

export function addRestore(program: Command): void {
  common(program.command('restore').description('make a data folder of a backup, wholly or not at all'))
    .argument('<file>', 'what `pitwall backup` wrote')
    .action(async (file: string, { data = 'pitwall-data', database, passphraseFile, json }: BackupFlags) => {
      if (!existsSync(file)) throw new PitwallError('not-found', `There is no file ${file}.`);
      const passphrase = await passphraseFrom(passphraseFile);
      const { made, pitwall, entries } = await restore(file, { data, database }, passphrase);
      console.log(
        json
          ? JSON.stringify({ data, made, pitwall, files: entries.length })
          : `${data} is as it was at ${made} (Pitwall ${pitwall}). Start it with: pitwall serve --data ${data}`,
      );
    });
}

/** The file is there when it is whole and on disk, and not before. */
async function write(file: string, fill: (unfinished: string) => Promise<void>): Promise<number> {
  if (existsSync(file)) throw new PitwallError('output-failed', `${file} is there already; name a new file.`);
  const unfinished = `${file}.unfinished`;
  try {
    await fill(unfinished);
    const written = await open(unfinished, 'r+');
    try {
      await written.sync();
      const { size } = await written.stat();
      await rename(unfinished, file);
      return size;
    } finally {
      await written.close();
    }
  } catch (cause) {
    await rm(unfinished, { force: true });
    if (cause instanceof PitwallError) throw cause;
    throw new PitwallError('output-failed', `The backup cannot be written to ${file}: ${(cause as Error).message}.`, {
      cause,
    });
  }
}
