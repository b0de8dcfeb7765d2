import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import type { Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { EpochMs } from '@pitwall/protocol';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Accounts, accountMigrations } from '../accounts/index.js';
import { limits } from '../limits/index.js';
import { Identities } from '../link/index.js';
import { openStore, type Store } from '../store/index.js';
import { Broker, type BrokerOptions } from './index.js';

const timers = { set: () => undefined, clear: () => undefined };
const log = pino({ level: 'silent' });
let store: Store;
let accounts: Accounts;
let identities: Identities;
const brokers: Broker[] = [];
const clients: MqttClient[] = [];

beforeEach(async () => {
  store = await openStore(':memory:', [accountMigrations]);
  accounts = new Accounts(store);
  identities = new Identities({ epoch: () => 1 as EpochMs, timers, log });
});

afterEach(async () => {
  for (const client of clients.splice(0)) await client.endAsync(true);
  for (const broker of brokers.splice(0)) await broker.stop();
  await store.close();
});

async function start(options: Partial<BrokerOptions> = {}) {
  const broker = new Broker({ accounts, identities, port: 0, log, ...options });
  brokers.push(broker);
  return { broker, ...(await broker.start()) };
}

async function connect(url: string, username: string, password: string, more: IClientOptions = {}) {
  const client = await connectAsync(url, { username, password, protocolVersion: 4, reconnectPeriod: 0, ...more });
  clients.push(client);
  return client;
}

const event = (client: MqttClient, name: 'close' | 'message') =>
  new Promise<void>((resolve) => client.once(name, () => resolve()));

describe('the broker admits', () => {
  it('cars and gates with their own token, and the controller with the credential of this broker', async () => {
    const { broker, url } = await start();
    const car = await accounts.issue({ name: 'one', role: 'car' });
    const gate = await accounts.issue({ name: 'start', role: 'gate' });
    const marshal = await accounts.issue({ name: 'ann', role: 'marshal' });
    expect((await connect(url, 'car:one', car)).connected).toBe(true);
    expect((await connect(url, 'gate:start', gate)).connected).toBe(true);
    expect((await connect(url, 'marshal:ann', marshal)).connected).toBe(true);
    expect((await connect(url, 'controller', broker.credential.password)).connected).toBe(true);
    for (const [username, password] of [
      ['car:two', car],
      ['gate:one', car],
      ['car:start', gate],
      ['car:one', 'wrong'],
      ['controller', car],
      ['controller', ''],
      ['organizer:ann', marshal],
      ['racer:ben', await accounts.issue({ name: 'ben', role: 'racer' })],
      ['car:ann', marshal],
    ] as const)
      await expect(connect(url, username, password), `${username}`).rejects.toThrow(/Not authorized/);
    await expect(connectAsync(url, { protocolVersion: 4, reconnectPeriod: 0 })).rejects.toThrow(/Not authorized/);
  });

  it("no client under another's name, so that nobody can end its connection", async () => {
    const { url } = await start();
    const one = await accounts.issue({ name: 'one', role: 'car' });
    const two = await accounts.issue({ name: 'two', role: 'car' });
    const client = await connect(url, 'car:one', one, { clientId: 'car:one' });
    await expect(connect(url, 'car:two', two, { clientId: 'car:one' })).rejects.toThrow(/Not authorized/);
    expect(client.connected).toBe(true);
  });

  it('nobody whose token was revoked', async () => {
    const { url } = await start();
    const token = await accounts.issue({ name: 'one', role: 'car' });
    await accounts.revoke({ name: 'one', role: 'car' });
    await expect(connect(url, 'car:one', token)).rejects.toThrow(/Not authorized/);
  });
});

describe('who sends too much', () => {
  it('waits, and nobody else: a gate’s crossing overtakes it, and it stays connected', async () => {
    const { broker, url } = await start();
    const controller = await connect(url, 'controller', broker.credential.password);
    await controller.subscribeAsync('pitwall/v1/#');
    const car = await connect(url, 'car:one', await accounts.issue({ name: 'one', role: 'car' }));
    const gate = await connect(url, 'gate:start', await accounts.issue({ name: 'start', role: 'gate' }));
    const { burst, perSecond } = limits.mqtt.messages;
    const count = burst + perSecond / 2;
    const heard: string[] = [];
    const all = new Promise<void>((resolve) => {
      controller.on('message', (topic) => {
        heard.push(topic);
        if (heard.length === count + 1) resolve();
      });
    });
    const from = performance.now();
    for (let sent = 0; sent < count; sent += 1) car.publish('pitwall/v1/cars/one/telemetry', `${sent}`);
    await new Promise<void>((resolve) => {
      controller.on('message', () => heard.length === burst && resolve());
    });
    gate.publish('pitwall/v1/gates/start/crossing', '{}');
    await all;
    // Half a second's worth was too much.
    expect(performance.now() - from).toBeGreaterThan(450);
    expect(heard.indexOf('pitwall/v1/gates/start/crossing')).toBeLessThan(count);
    expect(car.connected).toBe(true);
  });
});

describe('each client has only its own topics', () => {
  it("a gate neither hears a car's commands nor speaks for another gate", async () => {
    const { broker, url } = await start();
    const controller = await connect(url, 'controller', broker.credential.password);
    const heard: string[] = [];
    controller.on('message', (topic) => heard.push(topic));
    await controller.subscribeAsync('pitwall/v1/#');
    const gate = await connect(url, 'gate:start', await accounts.issue({ name: 'start', role: 'gate' }));
    expect((await gate.subscribeAsync('pitwall/v1/gates/start/ack'))[0]?.qos).toBe(0);
    await expect(gate.subscribeAsync('pitwall/v1/cars/one/command')).rejects.toThrow(
      /Unspecified error|Subscribe error/,
    );
    const closed = event(gate, 'close');
    gate.publish('pitwall/v1/gates/other/crossing', '{}', { qos: 0 });
    await closed;
    controller.publish('pitwall/v1/races/r/lap', '{}');
    await event(controller, 'message');
    expect(heard).toEqual(['pitwall/v1/races/r/lap']);
  });

  it('the last will of a car that goes says nothing in the name of another, to nobody and to no one who comes later', async () => {
    const { broker, url } = await start();
    const controller = await connect(url, 'controller', broker.credential.password);
    const heard: string[] = [];
    controller.on('message', (topic) => heard.push(topic));
    await controller.subscribeAsync('pitwall/v1/#');
    const token = await accounts.issue({ name: 'blue', role: 'car' });
    const others = [
      'cars/red/presence',
      'cars/red/command',
      'cars/blue/command',
      'gates/line/crossing',
      'races/r/state',
    ];
    for (const topic of others) {
      const will = { topic: `pitwall/v1/${topic}`, payload: Buffer.from('{}'), qos: 1 as const, retain: true };
      const car = await connect(url, 'car:blue', token, { will });
      const gone = event(car, 'close');
      car.stream.destroy();
      await gone;
    }
    // Its own one comes, after all of those.
    const own = { topic: 'pitwall/v1/cars/blue/presence', payload: Buffer.from('{}'), qos: 1 as const, retain: true };
    const car = await connect(url, 'car:blue', token, { will: own });
    const said = event(controller, 'message');
    car.stream.destroy();
    await said;
    expect(heard).toEqual([own.topic]);
    const late = await connect(url, 'controller', broker.credential.password, { clientId: 'controller' });
    const kept: string[] = [];
    late.on('message', (topic) => kept.push(topic));
    const first = event(late, 'message');
    await late.subscribeAsync('pitwall/v1/#');
    await first;
    await late.subscribeAsync('pitwall/v1/cars/blue/presence');
    expect(new Set(kept)).toEqual(new Set([own.topic]));
  });

  it('takes no payload larger than a picture', async () => {
    const { url } = await start();
    const car = await connect(url, 'car:one', await accounts.issue({ name: 'one', role: 'car' }));
    const closed = event(car, 'close');
    car.publish('pitwall/v1/cars/one/preview', Buffer.alloc(300 * 1024));
    await closed;
  });
});

/** Resolves when a count has stood still for a while. */
async function settled(count: () => number): Promise<void> {
  for (let before = -1; before !== count(); ) {
    before = count();
    await new Promise((resolve) => setTimeout(resolve, 250));
  }
}

it('a client that does not read holds up only those who fill its line', async () => {
  // It is not cut off: nobody else waits for that.
  const { broker, url } = await start({ drainTimeoutMs: 3_600_000 });
  const stuck = await connect(url, 'controller', broker.credential.password);
  const reader = await connect(url, 'controller', broker.credential.password);
  for (const client of [stuck, reader]) await client.subscribeAsync('pitwall/v1/#');
  let pictures = 0;
  const crossed = new Promise<void>((resolve) =>
    reader.on('message', (topic) => {
      if (topic.endsWith('/preview')) pictures += 1;
      else if (topic.endsWith('/crossing')) resolve();
    }),
  );
  const token = await accounts.issue({ name: 'one', role: 'car' });
  const gate = await connect(url, 'gate:start', await accounts.issue({ name: 'start', role: 'gate' }));
  const others = await Promise.all(Array.from({ length: 120 }, () => connect(url, 'car:one', token)));
  (stuck.stream as unknown as Socket).pause();
  for (let picture = 0; picture < 300; picture += 1)
    others[0]?.publish('pitwall/v1/cars/one/preview', Buffer.alloc(50 * 1024));
  await settled(() => pictures);
  expect(pictures).toBeLessThan(300);
  // Each of these waits for the stuck one: more of them than a broker of this kind lets wait at once unless told.
  for (const other of others.slice(1)) other.publish('pitwall/v1/cars/one/preview', Buffer.alloc(50 * 1024));
  gate.publish('pitwall/v1/gates/start/crossing', '{}');
  await crossed;
  expect(stuck.connected).toBe(true);
});

describe('the broker listens', () => {
  it('beyond loopback only with TLS or when told that it is insecure', async () => {
    await expect(start({ host: '0.0.0.0' })).rejects.toMatchObject({ code: 'config-invalid' });
    const { port } = await start({ host: '0.0.0.0', insecure: true });
    expect(port).toBeGreaterThan(0);
  });

  it('on a port that is free, and says so of one that is not', async () => {
    const { port } = await start();
    await expect(start({ port })).rejects.toMatchObject({ code: 'port-in-use' });
  });

  it('over TLS with a configured certificate', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'pitwall-tls-'));
    try {
      const [key, cert] = [join(folder, 'key.pem'), join(folder, 'cert.pem')];
      const subject = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1'];
      const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
      execFileSync('openssl', ['req', '-x509', ...curve, ...subject, '-days', '2', '-keyout', key, '-out', cert], {
        stdio: 'ignore',
      });
      const pem = { cert: readFileSync(cert, 'utf8'), key: readFileSync(key, 'utf8') };
      const { url: local, broker } = await start({ tls: { current: pem, watch: () => () => undefined } });
      const url = local.replace('mqtt:', 'mqtts:');
      const client = await connect(url, 'controller', broker.credential.password, { ca: pem.cert });
      expect(client.connected).toBe(true);
      await expect(connect(url, 'controller', broker.credential.password)).rejects.toThrow(/self-signed|self signed/);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
