import { type EpochMs, GateId } from '@pitwall/protocol';
import { CrossingAck, topics } from '@pitwall/protocol/messages';
import { connectAsync, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { Broker } from '../broker/index.js';
import { hostClock, Identities, Link, type LinkOptions } from './index.js';
import { relay } from './relay.fixture.js';

const gate = GateId.parse('start');
const lines: string[] = [];
const log = pino({ level: 'warn' }, { write: (line: string) => void lines.push(line) });
const timers = { set: () => undefined, clear: () => undefined };
let broker: Broker;
let url: string;
const links: Link[] = [];
const others: MqttClient[] = [];

beforeEach(async () => {
  lines.length = 0;
  const identities = new Identities({ epoch: () => 0 as EpochMs, timers, log });
  const accounts = { authenticate: async (name: string) => ({ name, role: 'gate' as const }) };
  broker = new Broker({ accounts, identities, port: 0, log });
  url = (await broker.start()).url;
});

afterEach(async () => {
  for (const link of links.splice(0)) await link.stop();
  for (const client of others.splice(0)) await client.endAsync(true);
  await broker.stop();
});

function link(options: Partial<LinkOptions> = {}): Link {
  const made = new Link({ url, username: `gate:${gate}`, password: gate, clock: hostClock(), log, ...options });
  links.push(made);
  return made;
}

async function controller(): Promise<MqttClient> {
  const client = await connectAsync(url, { ...broker.credential, protocolVersion: 4 });
  others.push(client);
  return client;
}

it('hands on what parses, counts what does not, and logs it once for each sender', async () => {
  const subject = link();
  const got: CrossingAck[] = [];
  const arrived = new Promise<void>((resolve) => {
    subject.subscribe(topics.gate(gate, 'ack'), CrossingAck, ({ message, from }) => {
      expect(from).toEqual({ of: 'gate', id: 'start', channel: 'ack' });
      got.push(message);
      resolve();
    });
  });
  subject.start();
  await subject.ready();
  const client = await controller();
  for (const payload of ['not json', '{}', '{"bootId":"b","seqs":[]}', 'null', '{"bootId":"b","seqs":[-1]}'])
    await client.publishAsync(topics.gate(gate, 'ack'), payload);
  await client.publishAsync(topics.gate(gate, 'ack'), '{"bootId":"b","seqs":[3]}');
  await arrived;
  expect(got).toEqual([{ bootId: 'b', seqs: [3] }]);
  expect(subject.counters.malformed).toBe(5);
  expect(lines.filter((line) => line.includes('dropped'))).toHaveLength(1);
});

it("survives a handler's defect", async () => {
  const subject = link();
  let calls = 0;
  const twice = new Promise<void>((resolve) => {
    subject.subscribe(topics.gate(gate, 'ack'), CrossingAck, () => {
      calls += 1;
      if (calls === 2) resolve();
      throw new TypeError('a defect');
    });
  });
  subject.start();
  await subject.ready();
  const client = await controller();
  for (const seq of [1, 2]) await client.publishAsync(topics.gate(gate, 'ack'), `{"bootId":"b","seqs":[${seq}]}`);
  await twice;
  expect(subject.isUp).toBe(true);
});

it('is lost by its will, comes back with a fresh session, and says goodbye', async () => {
  const through = await relay(() => url);
  const client = await controller();
  await client.subscribeAsync(topics.gate(gate, 'presence'));
  const statuses: [string, string][] = [];
  const seen = (status: string) =>
    new Promise<void>((resolve) => {
      const listener = (_: string, payload: Buffer) => {
        const message = JSON.parse(payload.toString()) as { status: string; sessionId: string };
        if (message.status !== status) return;
        statuses.push([message.status, message.sessionId]);
        client.off('message', listener);
        resolve();
      };
      client.on('message', listener);
    });
  const subject = link({
    url: through.url,
    random: () => 0,
    presence: (status, envelope) => ({ topic: topics.gate(gate, 'presence'), message: { ...envelope, status } }),
  });
  let ups = 0;
  subject.onUp(() => {
    ups += 1;
  });
  const first = seen('online');
  subject.start();
  await first;
  const [lost, again] = [seen('lost'), seen('online')];
  through.cut();
  await Promise.all([lost, again]);
  await subject.ready();
  expect(ups).toBe(2);
  const goodbye = seen('offline');
  await subject.stop();
  await goodbye;
  expect(statuses.map(([status]) => status)).toEqual(['online', 'lost', 'online', 'offline']);
  const [, firstSession, secondSession, third] = [0, ...statuses.map(([, session]) => session)];
  expect(firstSession).not.toBe(third);
  expect(secondSession).toBe(firstSession);
  expect(subject.publish(topics.gate(gate, 'sync'), {})).toBe(false);
  expect(subject.counters.unsent).toBe(1);
  through.close();
});
