import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { PitwallError, parse, RaceId } from '@pitwall/protocol';
import type { LogRecord, RaceState } from '@pitwall/protocol/race';
import { lapTime } from '@pitwall/protocol/ranking';
import type { Command } from 'commander';
import { compactVerify, importJWK } from 'jose';
import { type Config, databaseOf, readControllerConfig } from '../compose/config.js';
import { allMigrations } from '../compose/migrations.js';
import { openSigner } from '../forwarding/index.js';
import { ErasedList } from '../personal-data/index.js';
import {
  checkResultSheet,
  printResultSheet,
  RaceArchive,
  type ResultSheet,
  readLog,
  resultSheetOf,
  writeLaps,
  writeLog,
} from '../race/index.js';
import { openStore } from '../store/index.js';
import { addRaceCreate } from './race-create.js';

interface RaceFlags {
  readonly config?: string;
  readonly data?: string;
  readonly database?: string;
  readonly json?: boolean;
  readonly excel?: boolean;
  readonly format?: string;
  readonly out?: string;
  readonly sheet?: string;
}

export function addRace(program: Command): void {
  const race = program
    .command('race')
    .description('create races; look at them at rest, check them, take them elsewhere');
  const sub = (name: string, description: string) =>
    race
      .command(name)
      .description(description)
      .option('--config <file>', 'YAML file')
      .option('--data <folder>', 'the data folder of the controller')
      .option('--database <where>', 'a SQLite file or postgres://…');

  addRaceCreate(race);
  sub('list', 'all races')
    .option('--json', 'one JSON object')
    .action((flags: RaceFlags) =>
      withArchive(flags, async (archive) => {
        const races = await archive.list();
        if (flags.json) return print(JSON.stringify({ races }));
        for (const { race: id, name, phase } of races) print(`${id}  ${phase}  ${name}`);
      }),
    );
  sub('show <race>', 'standings and runs of a race')
    .option('--json', 'the whole state as one JSON object')
    .action((id: string, flags: RaceFlags) =>
      withArchive(flags, async (archive) => {
        const { state } = await archive.read(raceId(id));
        print(flags.json ? JSON.stringify(state) : inWords(state));
      }),
    );
  sub('export <race>', 'the log as JSON, or the laps as CSV')
    .option('--format <format>', 'json or csv', 'json')
    .option('--excel', 'CSV that a spreadsheet opens: it begins with a mark by which it knows UTF-8')
    .option('--out <file>', 'where to (default: standard output)')
    .action((id: string, flags: RaceFlags) =>
      withArchive(flags, async (archive) => {
        const { records, state } = await archive.read(raceId(id));
        give(
          flags,
          formatOf(flags, ['json', 'csv']) === 'csv'
            ? writeLaps(state, { excel: flags.excel === true })
            : writeLog(records),
        );
      }),
    );
  sub('verify <race>', 'replay a race or an exported file, and check its chain')
    .option('--sheet <file>', 'a signed result sheet that must belong to it')
    .option('--json', 'one JSON object')
    .action((id: string, flags: RaceFlags) =>
      withArchive(flags, async (archive, config) => {
        const { records, state } = existsSync(id) ? fromFile(id) : await archive.read(raceId(id));
        if (flags.sheet !== undefined) await verifySheet(flags.sheet, records, config);
        const withheld = records.filter(({ names }) => names === 'withheld').length;
        const found = {
          ...{ race: state.race, records: records.length, hash: records.at(-1)?.hash, phase: state.phase },
          ...(withheld === 0 ? {} : { withheld }),
        };
        const sheet = flags.sheet === undefined ? '' : '; the sheet is signed and belongs to it';
        print(
          flags.json
            ? JSON.stringify(found)
            : `${found.race}: ${found.records} records, the chain is whole${withheldText(withheld)}${sheet}.`,
        );
      }),
    );
  sub('import <file>', 'put an exported race into this database')
    .option('--json', 'one JSON object')
    .action((file: string, flags: RaceFlags) =>
      withArchive(flags, async (archive, { data }) => {
        const { records, state } = fromFile(file);
        const outcome = await archive.add(records, await new ErasedList(data).read());
        const done = outcome === 'added' ? 'is here now' : 'was here already';
        print(flags.json ? JSON.stringify({ race: state.race, outcome }) : `Race ${state.race} ${done}.`);
      }),
    );
  sub('sheet <race>', 'the signed result sheet, as JSON or to print')
    .option('--format <format>', 'json or html', 'json')
    .option('--out <file>', 'where to (default: standard output)')
    .action((id: string, flags: RaceFlags) =>
      withArchive(flags, async (archive, config) => {
        const format = formatOf(flags, ['json', 'html']);
        const { records, state } = await archive.read(raceId(id));
        const sheet = resultSheetOf(records, state);
        const signer = await openSigner(keyFile(config));
        const jws = await signer.sign(JSON.stringify(sheet));
        give(flags, format === 'html' ? printResultSheet(sheet, jws) : `${JSON.stringify({ sheet, jws }, null, 2)}\n`);
      }),
    );
}

/** Of a log of an older version; what such a record says else cannot be checked any more. */
const withheldText = (count: number): string =>
  count === 0 ? '' : ` (of ${count} of them the links alone: names of deleted racers were taken out)`;

const print = (line: string): void => console.log(line);
const raceId = (text: string): RaceId => parse(RaceId, text, `The race "${text}"`, 'config-invalid');
const keyFile = ({ data }: Config): string => join(data, 'source.key.json');

function formatOf({ format = 'json' }: RaceFlags, known: readonly string[]): string {
  if (!known.includes(format)) throw new PitwallError('config-invalid', `--format is one of ${known.join(', ')}.`);
  return format;
}

function give({ out }: RaceFlags, text: string): void {
  if (out === undefined) process.stdout.write(text);
  else writeFileSync(out, text);
}

function fromFile(file: string): { records: LogRecord[]; state: RaceState } {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (cause) {
    throw new PitwallError('not-found', `The file ${file} cannot be read.`, { cause });
  }
  return readLog(text, `The file ${file}`);
}

async function verifySheet(file: string, records: readonly LogRecord[], config: Config): Promise<void> {
  try {
    const { jws } = JSON.parse(readFileSync(file, 'utf8')) as { jws: string };
    const { publicJwk } = await openSigner(keyFile(config));
    const { payload } = await compactVerify(jws, await importJWK(publicJwk, 'EdDSA'));
    checkResultSheet(JSON.parse(Buffer.from(payload).toString('utf8')) as ResultSheet, records);
  } catch (cause) {
    if (cause instanceof PitwallError) throw cause;
    throw new PitwallError('signature-invalid', `${file} is no sheet that this controller signed.`, { cause });
  }
}

function inWords({ setup, phase, standings, runs, entries }: RaceState): string {
  const time = (micros: number | null) => (micros === null ? '-' : lapTime(micros));
  const places = standings.map(({ rank, alias, score }) => `${rank ?? '-'}  ${alias}  ${time(score)}`);
  const turns = runs.map(({ racer, kind, phase: at, laps, bestLap }) => {
    const alias = entries.find((entry) => entry.racer === racer)?.alias ?? racer ?? kind;
    return `${alias}: ${at}, ${laps.length} laps, best ${time(bestLap)}`;
  });
  return [`${setup.name} (${phase})`, ...places, 'Runs:', ...turns].join('\n');
}

async function withArchive(
  flags: RaceFlags,
  work: (archive: RaceArchive, config: Config) => Promise<void>,
): Promise<void> {
  const { data, database } = flags;
  const config = readControllerConfig(flags.config, process.env, { data, database });
  mkdirSync(config.data, { recursive: true, mode: 0o700 });
  const store = await openStore(databaseOf(config), allMigrations);
  try {
    await work(new RaceArchive(store), config);
  } finally {
    await store.close();
  }
}
