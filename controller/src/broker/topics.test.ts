import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { promisify } from 'node:util';
import type { EpochMs } from '@pitwall/protocol';
import { connectAsync, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Accounts, accountMigrations } from '../accounts/index.js';
import { Identities } from '../link/index.js';
import { openStore, type Store } from '../store/index.js';
import { Broker } from './index.js';

const run = promisify(execFile);

/** A row of docs/roles.md as a reader has it. */
interface Row {
  readonly topic: string;
  readonly publishes: string;
  readonly retained: string;
  readonly hearsOne: string;
  readonly hearsAll: string;
}

const read = (file: string): string => readFileSync(new URL(`../../../docs/${file}`, import.meta.url), 'utf8');
const rows: Row[] = (read('roles.md').split('## Topics of MQTT')[1] ?? '')
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) => {
    const [topic = '', publishes = '', retained = '', hearsOne = '', hearsAll = ''] = line
      .slice(1, -1)
      .split('|')
      .map((cell) => cell.trim().replaceAll('`', ''));
    return { topic, publishes, retained, hearsOne, hearsAll };
  });

/** Who comes, what the table calls them, and whether the topics are of them or of another one of their kind. */
interface Comer {
  readonly name: string;
  readonly kind: string;
  readonly isOwn: boolean;
  readonly username?: string;
  password?: string;
}

const comers: Comer[] = [
  { name: 'the car', kind: 'car', isOwn: true, username: 'car:one' },
  { name: 'another car', kind: 'car', isOwn: false, username: 'car:two' },
  { name: 'the gate', kind: 'gate', isOwn: true, username: 'gate:one' },
  { name: 'another gate', kind: 'gate', isOwn: false, username: 'gate:two' },
  { name: 'a marshal’s program', kind: 'program of the staff', isOwn: true, username: 'marshal:one' },
  { name: 'one of the crew’s', kind: 'program of the staff', isOwn: false, username: 'crew:two' },
  { name: 'the controller', kind: 'controller', isOwn: true, username: 'controller' },
];
const strangers: Comer[] = [
  { name: 'a stranger', kind: 'nobody', isOwn: false },
  { name: 'a stranger who calls itself the car', kind: 'nobody', isOwn: false, username: 'car:one', password: 'x' },
  { name: 'a car that was sent away', kind: 'nobody', isOwn: false, username: 'car:gone' },
  { name: 'a car with the other’s token', kind: 'nobody', isOwn: false, username: 'car:one' },
];

const mayBy = (cell: string, { kind, isOwn }: Comer): boolean =>
  cell === 'all' || cell.split(', ').some((who) => who === `every ${kind}` || (isOwn && who === `the ${kind}`));

let store: Store;
let broker: Broker;
let url: string;
let controller: MqttClient;
const heard: string[] = [];

beforeAll(async () => {
  store = await openStore(':memory:', [accountMigrations]);
  const accounts = new Accounts(store);
  const log = pino({ level: 'silent' });
  const identities = new Identities({
    epoch: () => 1 as EpochMs,
    timers: { set: () => undefined, clear: () => undefined },
    log,
  });
  broker = new Broker({ accounts, identities, port: 0, log });
  ({ url } = await broker.start());
  const issue = async (username: string) => {
    const [role, name] = username.split(':') as ['car', string];
    return await accounts.issue({ role, name });
  };
  for (const comer of comers)
    comer.password = comer.kind === 'controller' ? broker.credential.password : await issue(comer.username ?? '');
  const [, , gone, other] = strangers as [Comer, Comer, Comer, Comer];
  gone.password = await issue('car:gone');
  await accounts.revoke({ role: 'car', name: 'gone' });
  other.password = comers[1]?.password ?? '';
  controller = await connect(comers.at(-1) as Comer);
  controller.on('message', (topic, payload) => heard.push(`${topic} ${payload}`));
  await controller.subscribeAsync('pitwall/v1/#');
});
afterAll(async () => {
  await controller?.endAsync(true);
  await broker?.stop();
  await store?.close();
});

const connect = async ({ username, password }: Comer): Promise<MqttClient> =>
  await connectAsync(url, {
    ...(username === undefined ? {} : { username }),
    ...(password === undefined ? {} : { password }),
    protocolVersion: 4,
    reconnectPeriod: 0,
  });

/** Whether it was taken (PUBACK); the broker ends the connection of who may not. */
async function isTaken(comer: Comer, topic: string, payload: string, retain: boolean): Promise<boolean> {
  const client = await connect(comer);
  try {
    return await new Promise<boolean>((resolve) => {
      client.once('close', () => resolve(false));
      client.publish(topic, payload, { qos: 1, retain }, (error) => resolve(error == null));
    });
  } finally {
    await client.endAsync(true);
  }
}

const isGranted = async (client: MqttClient, filter: string): Promise<boolean> =>
  await client.subscribeAsync(filter, { qos: 1 }).then(
    (grants) => grants.every(({ qos }) => qos < 128),
    () => false,
  );

it('has every topic of the AsyncAPI document in its table, and no other', () => {
  const { channels } = JSON.parse(read('api/asyncapi.json')) as { channels: Record<string, { address: string }> };
  expect(rows.map(({ topic }) => topic)).toEqual(Object.values(channels).map(({ address }) => address));
  expect(rows.length).toBeGreaterThan(15);
});

describe.each(rows)('$topic', ({ topic, publishes, retained, hearsOne, hearsAll }) => {
  const one = topic.replace(/\{\w+\}/, 'one');
  const all = topic.replace(/\{\w+\}/, '+');

  it.each(comers)('takes from $name what the table says, and nothing else', async (comer) => {
    for (const [cell, retain] of [
      [publishes, false],
      [retained, true],
    ] as const) {
      const said = `${comer.name}, ${retain ? 'retained' : 'not retained'}`;
      const may = mayBy(cell, comer);
      expect(await isTaken(comer, one, said, retain), said).toBe(may);
      // What the controller says after it comes after it.
      await new Promise<void>((resolve) => {
        controller.on('message', function last(topic) {
          if (topic !== 'pitwall/v1/cars/last/command') return;
          controller.off('message', last);
          resolve();
        });
        controller.publish('pitwall/v1/cars/last/command', said);
      });
      expect(heard.includes(`${one} ${said}`), said).toBe(may);
      heard.length = 0;
    }
  });

  it.each(comers)('lets $name hear what the table says, and nothing else', async (comer) => {
    const client = await connect(comer);
    try {
      expect(await isGranted(client, one), one).toBe(mayBy(hearsOne, comer));
      expect(await isGranted(client, all), all).toBe(mayBy(hearsAll, comer));
      // Nor by a wider filter than any in the table.
      for (const wide of ['#', 'pitwall/#', '+/v1/#', '$SYS/#', one.replace(/[^/]+$/, '#'), one.replace('v1', '+')])
        expect(await isGranted(client, wide), wide).toBe(comer.kind === 'controller' && wide.startsWith('pitwall/v1/'));
    } finally {
      await client.endAsync(true);
    }
  });
});

it.each(strangers)('lets $name not even in', async (stranger) => {
  await expect(connect(stranger)).rejects.toThrow(/Not authorized/);
});

it('says the same to a client that is not ours', async () => {
  const { hostname, port } = new URL(url);
  const subscribe = async ({ username = '', password = '' }: Comer, topic: string): Promise<boolean> => {
    const args = ['-h', hostname, '-p', port, '-u', username, '-P', password, '-t', topic, '-E', '-W', '20'];
    return await run('mosquitto_sub', args).then(
      ({ stderr }) => !stderr.includes('denied'),
      () => false,
    );
  };
  const asked = rows.flatMap((row) =>
    comers.map((comer) => ({ row, comer, topic: row.topic.replace(/\{\w+\}/, 'one') })),
  );
  for (let at = 0; at < asked.length; at += 8)
    await Promise.all(
      asked
        .slice(at, at + 8)
        .map(async ({ row, comer, topic }) =>
          expect(await subscribe(comer, topic), `${comer.name} ${topic}`).toBe(mayBy(row.hearsOne, comer)),
        ),
    );
  for (const stranger of strangers) expect(await subscribe(stranger, 'pitwall/v1/races/one/lap')).toBe(false);
});
