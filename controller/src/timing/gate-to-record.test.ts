import { execFileSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootId, type EpochMs, GateId, type Micros, SessionId } from '@pitwall/protocol';
import { topics } from '@pitwall/protocol/messages';
import { type Clock, hostClock } from '@pitwall/runtime';
import { MqttLink } from '@pitwall/runtime/mqtt-link';
import { type Relay, relay } from '@pitwall/runtime/testing';
import { connectAsync } from 'mqtt';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Broker } from '../broker/index.js';
import { type Edge, Gate, Journal, type Sensor, type SensorEvents } from '../gate/index.js';
import { Identities } from '../link/index.js';
import { gateMetrics, handUncertainty, ManualGate, type StampedCrossing, Timing, unbounded } from './index.js';

const gateId = GateId.parse('start');
const log = pino({ level: 'silent' });
const host = hostClock();
const timers = { set: () => undefined, clear: () => undefined };
const identities = new Identities({ epoch: () => 1 as EpochMs, timers, log });
/** The gate's clock: another machine's, 80 ppm fast and far away. */
const foreign: Clock = {
  bootId: BootId.parse('another-machine'),
  now: () => Math.floor(7e9 + host.now() * (1 + 80e-6)) as Micros,
};

/** Edges by hand. */
class HandSensor implements Sensor {
  #events: SensorEvents | undefined;
  async start(events: SensorEvents): Promise<void> {
    this.#events = events;
  }
  async stop(): Promise<void> {}
  edge(clock: Clock = foreign, at = clock.now()): void {
    const edge: Edge = { bootId: clock.bootId, at, uncertainty: 3 as Micros };
    this.#events?.edge(edge);
  }
}

let folder: string;
let broker: Broker;
let brokerPort = 0;
let through: Relay;
const cleanup: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-timing-'));
  await startBroker();
  through = await relay(() => `mqtt://127.0.0.1:${brokerPort}`);
});
afterEach(async () => {
  for (const stop of cleanup.splice(0).reverse()) await stop();
  through.close();
  await broker.stop();
  rmSync(folder, { recursive: true });
});

async function startBroker(): Promise<void> {
  broker = new Broker({
    accounts: {
      authenticate: async (token) => ({ name: token, role: 'gate' }),
      changes: { watch: () => () => undefined },
    },
    identities,
    port: brokerPort,
    log,
  });
  brokerPort = (await broker.start()).port;
}

async function startGate(clock = foreign, data = 'data') {
  const sensor = new HandSensor();
  const journal = await Journal.open(join(folder, data, 'start.journal'));
  const gate = new Gate({
    gate: gateId,
    profile: 'by-hand',
    sensor,
    debounce: { edge: 'both', holdoff: 0 as Micros },
    watch: { active: undefined, stuck: 5_000_000 as Micros },
    repeatability: 10 as Micros,
    computer: { host: 'pi', machine: '0123456789ab', instance: '0123456789ab' },
    journal,
    clock,
    version: '0',
    log,
    link: (presence) =>
      new MqttLink({
        url: through.url,
        username: `gate:${gateId}`,
        password: gateId,
        clock,
        log,
        presence,
        random: () => 0,
      }),
  });
  await gate.start();
  cleanup.push(() => gate.stop());
  return { sensor, gate, journal };
}

/** A controller's timing with a record in memory that outlives it, as a disk does. */
async function startTiming(
  record: Map<string, StampedCrossing>,
  commit: () => Promise<void> = async () => undefined,
  patienceMs = 100,
) {
  const link = new MqttLink({
    url: `mqtt://127.0.0.1:${brokerPort}`,
    ...broker.credential,
    clock: host,
    log,
    random: () => 0,
  });
  let waiting: { count: number; resolve: () => void }[] = [];
  const timing = new Timing({
    link,
    clock: host,
    identities,
    log,
    patienceMs,
    record: async (stamped) => {
      await commit();
      const { bootId, seq, at } = stamped.crossing;
      const key = `${bootId}/${seq}/${at}`;
      const isNew = !record.has(key);
      if (isNew) record.set(key, stamped);
      for (const { count, resolve } of waiting) if (record.size >= count) resolve();
      waiting = waiting.filter(({ count }) => record.size < count);
      return isNew ? 'new' : 'known';
    },
  });
  timing.start();
  link.start();
  const stop = async () => {
    await timing.stop();
    await link.stop();
  };
  cleanup.push(stop);
  const reached = (count: number) =>
    new Promise<void>((resolve) => {
      if (record.size >= count) resolve();
      else waiting.push({ count, resolve });
    });
  await link.ready();
  return { timing, link, stop, reached };
}

const seqsOf = (record: Map<string, StampedCrossing>) =>
  [...record.values()].map(({ crossing }) => crossing.seq).sort((a, b) => a - b);
const upTo = (count: number) => Array.from({ length: count }, (_, i) => i);

describe('a crossing travels from the gate to the record', () => {
  it("with its own time, and the controller's with a true bound", async () => {
    const record = new Map<string, StampedCrossing>();
    const { reached } = await startTiming(record, undefined, 2000);
    const { sensor, gate, journal } = await startGate();
    await gate.link.ready();
    const before = host.now();
    const at = foreign.now();
    sensor.edge(foreign, at);
    const after = host.now();
    await reached(1);
    const [stamped] = [...record.values()];
    expect(stamped?.crossing).toMatchObject({
      gate: 'start',
      bootId: `another-machine.${journal.id}`,
      seq: 0,
      at,
      uncertainty: 13,
    });
    expect(stamped?.controllerBound).toBeLessThan(1_000_000);
    expect(stamped?.controllerAt).toBeGreaterThanOrEqual(before - (stamped?.controllerBound ?? 0) - 2);
    expect(stamped?.controllerAt).toBeLessThanOrEqual(after + (stamped?.controllerBound ?? 0) + 2);
  });

  it("exactly, where gate and controller share a kernel's clock", async () => {
    const record = new Map<string, StampedCrossing>();
    const { reached } = await startTiming(record);
    const { sensor } = await startGate(host);
    const at = host.now();
    sensor.edge(host, at);
    await reached(1);
    expect([...record.values()][0]).toMatchObject({
      controllerAt: at,
      controllerBound: 0,
      epoch: host.bootId,
      rate: { value: 1, bound: 0 },
    });
  });

  it('of a life of the clock that is over, with a bound that excludes nothing', async () => {
    const record = new Map<string, StampedCrossing>();
    const { reached } = await startTiming(record);
    const { sensor } = await startGate();
    sensor.edge({ bootId: BootId.parse('the-life-before'), now: () => 5 as Micros });
    await reached(1);
    expect([...record.values()][0]).toMatchObject({ controllerBound: unbounded });
  });
});

describe('nothing is lost, nothing counts twice', () => {
  it('when the connection is cut again and again', async () => {
    const record = new Map<string, StampedCrossing>();
    const { reached } = await startTiming(record);
    const { sensor, gate, journal } = await startGate();
    for (let i = 0; i < 60; i++) {
      sensor.edge(foreign, (1e9 + i * 1000) as Micros);
      if (i % 20 === 10) {
        await gate.link.ready();
        through.cut();
      }
    }
    await reached(60);
    expect(seqsOf(record)).toEqual(upTo(60));
    await drained(journal);
  });

  it('when there is no connection for a while', async () => {
    const record = new Map<string, StampedCrossing>();
    const { reached } = await startTiming(record);
    const { sensor, gate } = await startGate();
    await gate.link.ready();
    through.open = false;
    through.cut();
    for (let i = 0; i < 1200; i++) sensor.edge(foreign, (1e9 + i * 1000) as Micros);
    through.open = true;
    await reached(1200);
    expect(seqsOf(record)).toEqual(upTo(1200));
  });

  it('when the controller ends before it has recorded, and another one comes', async () => {
    const record = new Map<string, StampedCrossing>();
    const { sensor, journal } = await startGate();
    const refusing = await startTiming(record, async () => {
      throw new Error('the disk is full');
    });
    for (let i = 0; i < 5; i++) sensor.edge(foreign, (1e9 + i * 1000) as Micros);
    await refusing.stop();
    expect(record.size).toBe(0);
    expect(journal.waitingCount).toBe(5);
    const { reached } = await startTiming(record);
    await reached(5);
    await drained(journal);
    expect(seqsOf(record)).toEqual(upTo(5));
  });

  it('when the broker goes down and comes back', async () => {
    const record = new Map<string, StampedCrossing>();
    const { sensor, gate } = await startGate();
    await gate.link.ready();
    await broker.stop();
    sensor.edge();
    await startBroker();
    const { reached } = await startTiming(record);
    await reached(1);
    expect(seqsOf(record)).toEqual([0]);
  });

  it('when the gate process ends with crossings that nobody has, and starts again', async () => {
    const record = new Map<string, StampedCrossing>();
    const first = await startGate();
    for (let i = 0; i < 3; i++) first.sensor.edge(foreign, (1e9 + i * 1000) as Micros);
    await first.gate.stop();
    const second = await startGate();
    second.sensor.edge(foreign, 2e9 as Micros);
    const { reached } = await startTiming(record);
    await reached(4);
    expect(seqsOf(record)).toEqual([0, 1, 2, 3]);
  });
});

it('tells how a gate is that speaks the protocol by itself: gaps, duplicates, link, clock, battery', async () => {
  const record = new Map<string, StampedCrossing>();
  const { timing, link, reached } = await startTiming(record);
  const [gate, sessionId] = [GateId.parse('esp'), link.sessionId];
  const board = await connectAsync(`mqtt://127.0.0.1:${brokerPort}`, { username: 'gate:esp', password: 'esp' });
  cleanup.push(async () => board.endAsync(true));
  board.on('message', (topic, payload) => {
    const message = JSON.parse(payload.toString()) as { type?: string; probeId?: number; sessionId?: string };
    if (message.type !== 'probe') return;
    const at = foreign.now();
    const { probeId, sessionId: asker } = message;
    const answer = { type: 'answer', probeId, sessionId: asker, bootId: 'esp-1', receivedAt: at, answeredAt: at };
    board.publish(topic, JSON.stringify(answer));
  });
  await board.subscribeAsync(topics.gate(gate, 'sync'));
  const envelope = { sessionId, seq: 0, bootId: 'esp-1', at: foreign.now() };
  const presence = {
    ...envelope,
    status: 'online',
    version: 'x',
    profile: 'esp',
    waiting: 1,
    sensor: 'ok',
    lost: 2,
    blind: 3,
  };
  const say = (channel: 'presence' | 'crossing', message: object) =>
    board.publishAsync(topics.gate(gate, channel), JSON.stringify(message), { qos: 1, retain: channel === 'presence' });
  await say('presence', { ...presence, battery: { volts: 3.7 } });
  const first = foreign.now();
  const crossing = (seq: number) => ({ gate, bootId: 'esp-1', seq, at: first + seq, uncertainty: 9, sessionId });
  for (const seq of [0, 3, 3]) await say('crossing', crossing(seq));
  await reached(2);
  const health = () => timing.health().find((each) => each.gate === gate);
  await met(() => health()?.crossings === 2 && health()?.duplicates === 1);
  expect(health()).toMatchObject({
    status: 'online',
    sensor: 'ok',
    gaps: 2,
    waiting: 1,
    lost: 2,
    blind: 3,
    batteryVolts: 3.7,
    crossings: 2,
    clockSteps: 0,
  });
  expect(health()?.recent.map(({ seq }) => seq)).toEqual([0, 3]);
  await met(() => (health()?.clockError ?? null) !== null);
  expect(health()?.clockError).toBeGreaterThan(0);
  expect(health()?.linkDelay).toBeGreaterThan(0);
  expect(health()?.lastCrossingAgo).toBeGreaterThanOrEqual(0);
  for (const seq of [1, 2, 0]) await say('crossing', crossing(seq));
  await met(() => health()?.crossings === 4);
  const registry = new Registry();
  gateMetrics(registry, () => timing.health());
  const text = await registry.metrics();
  expect(text).toContain('pitwall_gate_gaps{gate="esp"} 0');
  expect(text).toContain('pitwall_gate_battery_volts{gate="esp"} 3.7');
  expect(text).toContain('pitwall_gate_up{gate="esp"} 1');
  expect(seqsOf(record)).toEqual([0, 1, 2, 3]);
});

describe('a crossing is what the gate saw, not its number', () => {
  const oneOf = (id: string, journal: string | undefined, seq: number, at: number, bootId = 'esp-1') => ({
    gate: id,
    bootId,
    seq,
    at,
    uncertainty: 9,
    sessionId: '0198c0de-0000-7000-8000-000000000000',
    ...(journal === undefined ? {} : { journal }),
  });

  /** A gate that answers no questions, and what it is answered. */
  async function plainGate(id: string) {
    const client = await connectAsync(`mqtt://127.0.0.1:${brokerPort}`, { username: `gate:${id}`, password: id });
    cleanup.push(async () => client.endAsync(true));
    const acks: unknown[] = [];
    client.on('message', (_, payload) => acks.push(JSON.parse(payload.toString())));
    await client.subscribeAsync(topics.gate(GateId.parse(id), 'ack'));
    const send = (crossing: object) =>
      client.publishAsync(topics.gate(GateId.parse(id), 'crossing'), JSON.stringify(crossing), { qos: 1 });
    return { acks, send };
  }

  it('of a gate process with a fresh data folder: it counts from 0 again, and every crossing counts', async () => {
    const record = new Map<string, StampedCrossing>();
    const { timing, reached } = await startTiming(record);
    for (const data of ['A', 'B']) {
      const { sensor, gate, journal } = await startGate(host, data);
      for (let i = 0; i < 4; i++) sensor.edge(host);
      await drained(journal);
      await gate.stop();
    }
    await reached(8);
    await met(() => timing.health()[0]?.crossings === 8);
    expect(timing.health()[0]).toMatchObject({ reused: 0 });
  });

  it('of a copied SD card in another computer: the journal is the same, the life of the clock is not', async () => {
    const record = new Map<string, StampedCrossing>();
    const { timing, reached } = await startTiming(record);
    const first = await startGate(host, 'A');
    for (let i = 0; i < 3; i++) first.sensor.edge(host);
    await drained(first.journal);
    await first.gate.stop();
    cpSync(join(folder, 'A'), join(folder, 'copy'), { recursive: true });
    const clone = await startGate(foreign, 'copy');
    for (let i = 0; i < 3; i++) clone.sensor.edge(foreign);
    await reached(6);
    expect(clone.journal.id).toBe(first.journal.id);
    await met(() => timing.health()[0]?.crossings === 6);
    expect(timing.health()[0]).toMatchObject({ reused: 0 });
  });

  it('of a copied data folder on the same computer: the same name with another time counts, and is told', async () => {
    const record = new Map<string, StampedCrossing>();
    const { timing, reached } = await startTiming(record);
    const gate = await plainGate('esp');
    await gate.send(oneOf('esp', 'aaa', 0, 1000));
    await met(() => gate.acks.length === 1);
    await gate.send(oneOf('esp', 'aaa', 0, 9_001_000));
    await reached(2);
    await met(() => gate.acks.length === 2);
    await gate.send(oneOf('esp', 'aaa', 0, 9_001_000));
    await met(() => gate.acks.length === 3);
    expect(timing.health()[0]).toMatchObject({ crossings: 2, reused: 1, duplicates: 1 });
    expect(gate.acks).toEqual(Array(3).fill({ journal: 'aaa', bootId: 'esp-1', seqs: [0] }));
  });

  it('of a gate that names no journal is answered as ever', async () => {
    const record = new Map<string, StampedCrossing>();
    const { reached } = await startTiming(record);
    const gate = await plainGate('esp');
    await gate.send(oneOf('esp', undefined, 4, 1000));
    await reached(1);
    expect([...record.values()][0]?.crossing).toMatchObject({ bootId: 'esp-1', seq: 4 });
    await met(() => gate.acks.length === 1);
    expect(gate.acks).toEqual([{ bootId: 'esp-1', seqs: [4] }]);
  });

  it('and what another folder of it was answered is no answer to this one', async () => {
    const { sensor, gate, journal } = await startGate(host);
    await gate.link.ready();
    sensor.edge(host);
    await met(() => journal.waitingCount === 1);
    const link = new MqttLink({ url: `mqtt://127.0.0.1:${brokerPort}`, ...broker.credential, clock: host, log });
    cleanup.push(() => link.stop());
    link.start();
    await link.ready();
    const ack = (of: string, seq: number) =>
      link.publish(topics.gate(gateId, 'ack'), { journal: of, bootId: host.bootId, seqs: [seq] });
    ack('other', 0);
    sensor.edge(host);
    await met(() => journal.waitingCount === 2);
    ack(journal.id, 1);
    await met(() => journal.waitingCount === 1);
    expect([...journal.waiting].map(({ seq }) => seq)).toEqual([0]);
  });
});

const mayMount = process.getuid?.() === 0;
if (!mayMount) {
  if (process.env.CI === 'true') throw new Error('a gate whose disk is full needs root, to mount a small one');
  console.log('skipped: a gate whose disk is full, because only root may mount a small one');
}

it.skipIf(!mayMount)(
  'of a gate whose disk is full counts, and the gate is not healthy until there is room',
  async () => {
    const [disk, filler] = [join(folder, 'data'), join(folder, 'data', 'filler')];
    mkdirSync(disk);
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=64k', 'none', disk]);
    cleanup.push(async () => void execFileSync('umount', ['-l', disk]));
    const record = new Map<string, StampedCrossing>();
    const { timing, reached } = await startTiming(record);
    const { sensor, gate, journal } = await startGate(host);
    await gate.link.ready();
    await met(() => timing.health()[0]?.trouble === null);
    writeFileSync(filler, '');
    const fill = () => {
      for (;;) appendFileSync(filler, Buffer.alloc(4096));
    };
    expect(fill).toThrow(/ENOSPC/);
    let count = 0;
    while (journal.isKeeping) {
      sensor.edge(host);
      count += 1;
      await reached(count);
    }
    await met(() => timing.health()[0]?.trouble?.kind === 'cannot-keep');
    expect(timing.health()[0]).toMatchObject({ crossings: count, keeping: false });
    rmSync(filler);
    // No crossing comes, and it is well again.
    await met(() => timing.health()[0]?.trouble === null);
  },
);

it('that waited for a controller is stamped when the alignment is good, and not before', async () => {
  const record = new Map<string, StampedCrossing>();
  const { sensor, gate } = await startGate();
  const at = foreign.now();
  const truth = host.now();
  sensor.edge(foreign, at);
  await gate.link.ready();
  const { timing, reached } = await startTiming(record, undefined, 20_000);
  await met(() => (timing.health()[0]?.clockError ?? null) !== null);
  expect(record.size).toBe(0);
  await reached(1);
  const [stamped] = [...record.values()];
  expect(Math.abs((stamped?.controllerAt ?? 0) - truth)).toBeLessThan((stamped?.controllerBound ?? 0) + 1000);
  // After the first answer nothing but 0.01 is known of the rate: 100 ms of a lap of ten seconds.
  expect(stamped?.rate.bound).toBeLessThan(0.001);
  expect(Math.abs((stamped?.rate.value ?? 0) - 1 / (1 + 80e-6))).toBeLessThan(stamped?.rate.bound ?? 0);
}, 60_000);

it('that waits for a good alignment when the controller ends is left to the gate', async () => {
  const record = new Map<string, StampedCrossing>();
  const { sensor, gate, journal } = await startGate();
  await gate.link.ready();
  sensor.edge();
  const { timing, stop } = await startTiming(record, undefined, 20_000);
  await met(() => (timing.health()[0]?.clockError ?? null) !== null);
  await stop();
  expect([record.size, journal.waitingCount]).toEqual([0, 1]);
});

it("records a marshal's key with the uncertainty of a hand", async () => {
  const record: StampedCrossing[] = [];
  const manual = new ManualGate(
    host,
    { sessionId: SessionId.parse('0198c0de-0000-7000-8000-000000000000') },
    async (stamped) => {
      record.push(stamped);
      return 'new';
    },
  );
  const [first, second] = await Promise.all([manual.press(), manual.press()]);
  expect(record.map(({ crossing }) => crossing)).toMatchObject([
    { gate: 'manual', bootId: host.bootId, at: first.at, uncertainty: handUncertainty },
    { gate: 'manual', bootId: host.bootId, at: second.at, uncertainty: handUncertainty },
  ]);
  expect(second.seq).toBeGreaterThan(first.seq);
});

it('drops a crossing that comes on the topic of another gate, and what is no crossing', async () => {
  const record = new Map<string, StampedCrossing>();
  const { link, reached } = await startTiming(record);
  const liar = await connectAsync(`mqtt://127.0.0.1:${brokerPort}`, { username: 'gate:liar', password: 'liar' });
  cleanup.push(async () => liar.endAsync(true));
  const topic = topics.gate(GateId.parse('liar'), 'crossing');
  const crossing = { gate: 'start', bootId: 'b', seq: 0, at: 1, uncertainty: 1, sessionId: link.sessionId };
  for (const message of [
    crossing,
    { ...crossing, gate: 'liar', at: -1 },
    'hello',
    { ...crossing, gate: 'liar', seq: 9 },
  ])
    await liar.publishAsync(topic, JSON.stringify(message), { qos: 1 });
  await reached(1);
  expect(seqsOf(record)).toEqual([9]);
  expect(link.counters.malformed).toBe(3);
});

/** Resolves when the gate has nothing left to say. */
const drained = (journal: Journal) => met(() => journal.waitingCount === 0);

async function met(condition: () => boolean): Promise<void> {
  while (!condition()) await new Promise((resolve) => setImmediate(resolve));
}
