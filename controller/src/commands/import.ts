import { readFileSync } from 'node:fs';
import { LeaderboardId, PitwallError, parse } from '@pitwall/protocol';
import { type ImportAnswer, ImportQuery } from '@pitwall/protocol/api';
import type { Command } from 'commander';
import { databaseOf, readControllerConfig } from '../compose/config.js';
import { openImports } from '../compose/imports.js';
import { allMigrations } from '../compose/migrations.js';
import { Leaderboards } from '../leaderboard/index.js';
import { openStore } from '../store/index.js';

interface ImportFlags {
  readonly leaderboard: string;
  readonly racer?: string;
  readonly track?: string;
  readonly course?: string;
  readonly direction?: string;
  readonly drivenAt?: string;
  readonly check?: boolean;
  readonly by: string;
  readonly config?: string;
  readonly data?: string;
  readonly database?: string;
  readonly json?: boolean;
}

/** Adds `pitwall import`: laps of other programs onto a board of this database. */
export function addImport(program: Command): void {
  program
    .command('import')
    .description(
      'bring laps of a DREM export, or of a simulator’s metrics or log, onto a leaderboard, marked as imported',
    )
    .argument('<file>', 'laps as CSV from DREM’s race admin; metrics JSON; simtrace CSV')
    .requiredOption('--leaderboard <id>', 'of this controller; an online race’s is called like the race')
    .option('--check', 'say what would be imported, and write nothing')
    .option('--racer <alias>', 'who drove, where the file does not say')
    .option('--track <name>', 'of the file’s tracks, as it calls them, the one that is taken')
    .option('--course <id>', 'the track here, where the board takes any')
    .option('--direction <direction>', 'clockwise or counter-clockwise, with --course')
    .option('--driven-at <date>', 'when, where the file does not say (2026-05-30T14:47:30Z)')
    .option('--by <name>', 'who imports it', 'command line')
    .option('--config <file>', 'YAML file')
    .option('--data <folder>', 'the data folder of the controller')
    .option('--database <where>', 'a SQLite file or postgres://…')
    .option('--json', 'one JSON object')
    .action(async (file: string, flags: ImportFlags) => {
      const board = parse(LeaderboardId, flags.leaderboard, 'The leaderboard', 'config-invalid');
      const { racer, track, course, direction, check, drivenAt } = flags;
      const at = drivenAt === undefined ? undefined : Date.parse(drivenAt);
      const asked = parse(
        ImportQuery,
        { racer, track, course, direction, check: check === true ? '1' : '0', drivenAt: at },
        'The import',
        'config-invalid',
      );
      const config = readControllerConfig(flags.config, process.env, {
        data: flags.data,
        database: flags.database,
      });
      const store = await openStore(databaseOf(config), allMigrations);
      const leaderboards = new Leaderboards(store);
      try {
        const imports = await openImports(config, leaderboards);
        const answer = await imports.take(board, bytesOf(file), asked, flags.by);
        console.log(flags.json === true ? JSON.stringify(answer) : inWords(answer));
      } finally {
        await leaderboards.stop();
        await store.close();
      }
    });
}

function bytesOf(file: string): Uint8Array {
  try {
    return readFileSync(file);
  } catch (cause) {
    throw new PitwallError('not-found', `The file ${file} cannot be read.`, { cause });
  }
}

function inWords({ written, racers, outcomes: { accepted, known, held }, leftOut }: ImportAnswer): string {
  const rows = racers.map(
    ({ alias, racer, runs, laps }) => `  ${alias} (${racer ?? 'new'}): ${runs} runs, ${laps} laps`,
  );
  const done = written
    ? `${accepted} results are on the board, ${known} were there already, ${held} wait for a person.`
    : 'Nothing is written yet; leave out --check to import it.';
  return [...rows, done, ...leftOut.map((sentence) => `note: ${sentence}`)].join('\n');
}
