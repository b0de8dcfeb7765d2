import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootId, type EpochMs, GateId, type Micros, SessionId } from '@pitwall/protocol';
import { topics } from '@pitwall/protocol/messages';
import { connectAsync } from 'mqtt';
import { pino } from 'pino';
import { Registry } from 'prom-client';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Broker } from '../broker/index.js';
import { type Edge, Gate, Journal, type Sensor, type SensorEvents } from '../gate/index.js';
import { type Clock, hostClock, Identities, Link } from '../link/index.js';
import { type Relay, relay } from '../link/relay.fixture.js';
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
    accounts: { authenticate: async (token) => ({ name: token, role: 'gate' }) },
    identities,
    port: brokerPort,
    log,
  });
  brokerPort = (await broker.start()).port;
}

async function startGate(clock = foreign) {
  const sensor = new HandSensor();
  const journal = await Journal.open(join(folder, 'start.journal'));
  const gate = new Gate({
    gate: gateId,
    profile: 'by-hand',
    sensor,
    debounce: { edge: 'both', holdoff: 0 as Micros },
    watch: { active: undefined, stuck: 5_000_000 as Micros },
    repeatability: 10 as Micros,
    journal,
    clock,
    version: '0',
    log,
    link: (presence) =>
      new Link({
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
async function startTiming(record: Map<string, StampedCrossing>, commit: () => Promise<void> = async () => undefined) {
  const link = new Link({
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
    record: async (stamped) => {
      await commit();
      const { bootId, seq } = stamped.crossing;
      const key = `${bootId}/${seq}`;
      if (!record.has(key)) record.set(key, stamped);
      for (const { count, resolve } of waiting) if (record.size >= count) resolve();
      waiting = waiting.filter(({ count }) => record.size < count);
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
    const { reached } = await startTiming(record);
    const { sensor, gate } = await startGate();
    await gate.link.ready();
    const before = host.now();
    const at = foreign.now();
    sensor.edge(foreign, at);
    const after = host.now();
    await reached(1);
    const [stamped] = [...record.values()];
    expect(stamped?.crossing).toMatchObject({ gate: 'start', bootId: 'another-machine', seq: 0, at, uncertainty: 13 });
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
  const crossing = (seq: number) => ({ gate, bootId: 'esp-1', seq, at: foreign.now(), uncertainty: 9, sessionId });
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

it("records a marshal's key with the uncertainty of a hand", async () => {
  const record: StampedCrossing[] = [];
  const manual = new ManualGate(
    host,
    { sessionId: SessionId.parse('0198c0de-0000-7000-8000-000000000000') },
    async (stamped) => {
      record.push(stamped);
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
