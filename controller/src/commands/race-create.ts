import { readFileSync } from 'node:fs';
import { type ErrorCode, errorCodes, PitwallError, parse } from '@pitwall/protocol';
import { CommandOutcome, ErrorBody, Invitation, OnlineRace } from '@pitwall/protocol/api';
import type { Command } from 'commander';
import { parse as parseYaml } from 'yaml';
import { raceFrom, unreadable } from './race-file.js';

interface CreateFlags {
  readonly url: string;
  readonly token: string;
  readonly json?: boolean;
}

/** `pitwall race create`: over HTTP, so that a running controller, and only it, writes its races. */
export function addRaceCreate(race: Command): void {
  race
    .command('create')
    .description('create a race, online or in person, on a running controller')
    .argument('<file>', 'the race, as YAML or JSON')
    .requiredOption('--token <file>', 'a file with an organizer’s token')
    .option('--url <url>', 'where the controller is', 'http://127.0.0.1:8080')
    .option('--json', 'what the controller answers, as one JSON object')
    .action(create);
}

async function create(file: string, { url, token: tokenFile, json }: CreateFlags): Promise<void> {
  const body = raceFrom(
    read(file, (text) => parseYaml(text) as unknown),
    file,
    new Date(),
    (line) => console.error(line),
  );
  const token = read(tokenFile, (text) => text.trim());
  const ask = asker(url, token);
  const answer = await ask('POST', '/api/v1/races', body);
  if (json) return console.log(JSON.stringify(answer));
  const online = OnlineRace.safeParse(answer);
  if (!online.success) {
    const { records } = parse(CommandOutcome, answer, 'The answer');
    return console.log(`Race ${records[0]?.race} is a draft; open it when its rules are right.`);
  }
  const { race, setup } = online.data;
  const moment = (at: number) => new Date(at).toLocaleString('en-GB', { timeZone: setup.timeZone });
  console.log(`Race ${race}: ${moment(setup.opensAt)} to ${moment(setup.closesAt)} (${setup.timeZone})`);
  if (setup.access === 'invited') {
    const { link } = parse(Invitation, await ask('GET', `/api/v1/online/${race}/invitation`), 'The invitation');
    console.log(`Invite with ${new URL(link, url).href}`);
  }
}

function read<T>(file: string, from: (text: string) => T): T {
  try {
    return from(readFileSync(file, 'utf8'));
  } catch (cause) {
    throw unreadable(file, cause);
  }
}

const asker = (url: string, token: string) => async (method: string, path: string, body?: unknown) => {
  let response: Response;
  try {
    response = await fetch(new URL(path, url), {
      method,
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    });
  } catch (cause) {
    throw new PitwallError('not-found', `No controller answers at ${url}; start one, or give --url.`, { cause });
  }
  const answer: unknown = await response.json();
  if (response.ok) return answer;
  const { error } = parse(ErrorBody, answer, `The answer to ${method} ${path}`);
  throw new PitwallError(error.code in errorCodes ? (error.code as ErrorCode) : 'internal-error', error.message);
};
