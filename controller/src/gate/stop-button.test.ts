import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type EpochMs, GateId, type Micros } from '@pitwall/protocol';
import { type Crossing, type StopRequest, topics } from '@pitwall/protocol/messages';
import { hostClock, thisComputer } from '@pitwall/runtime';
import { MqttLink } from '@pitwall/runtime/mqtt-link';
import { connectAsync, type MqttClient } from 'mqtt';
import { pino } from 'pino';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { type StandIn, standIn, withPath } from '../../testing/gpiomon-program.js';
import { Broker } from '../broker/index.js';
import { Identities } from '../link/index.js';
import { Gate, GpiomonSensor, Journal } from './index.js';

const gateId = GateId.parse('start');
const clock = hostClock();
const lines: string[] = [];
const path = process.env.PATH;
const ns = (): bigint => BigInt(clock.now()) * 1000n;

let folder: string;
let broker: Broker;
let gpiomon: StandIn;
let gate: Gate;
let url: string;
let controller: MqttClient;
let stops: StopRequest[];
let crossings: Crossing[];
let changed: () => void = () => undefined;
const log = pino(
  { level: 'info' },
  {
    write: (line: string) => {
      lines.push(line);
      changed();
    },
  },
);
const until = async (condition: () => boolean) => {
  while (!condition())
    await new Promise<void>((resolve) => {
      changed = resolve;
    });
};

async function startGate(): Promise<void> {
  gate = new Gate({
    gate: gateId,
    profile: 'beam with a button beside it',
    // The beam at line 17, and the button at line 27: closed to ground at rest.
    sensor: new GpiomonSensor({ chip: 'gpiochip0', lines: [17, 27], bias: 'pull-up' }, clock),
    debounce: { edge: 'falling', holdoff: 1000 as Micros },
    watch: { active: 0, stuck: 5_000_000 as Micros },
    repeatability: 250 as Micros,
    stop: { sensors: [1], pressed: 'rising' },
    computer: thisComputer(clock.bootId),
    journal: await Journal.open(join(folder, 'start.journal')),
    clock,
    version: '0',
    log,
    link: (presence) =>
      new MqttLink({ url, username: `gate:${gateId}`, password: gateId, clock, log, presence, random: () => 0 }),
  });
  await gate.start();
}

beforeEach(async () => {
  lines.length = 0;
  [stops, crossings, changed] = [[], [], () => undefined];
  folder = mkdtempSync(join(tmpdir(), 'pitwall-button-'));
  const identities = new Identities({
    epoch: () => Date.now() as EpochMs,
    timers: { set: () => undefined, clear: () => undefined },
    log,
  });
  broker = new Broker({
    accounts: { authenticate: async (name) => ({ name, role: 'gate' }), changes: { watch: () => () => undefined } },
    identities,
    port: 0,
    log,
  });
  ({ url } = await broker.start());
  controller = await connectAsync(url, { ...broker.credential, protocolVersion: 4 });
  controller.on('message', (topic, payload) => {
    const message = JSON.parse(payload.toString());
    if (topic === topics.gate(gateId, 'stop')) stops.push(message);
    if (topic === topics.gate(gateId, 'crossing')) crossings.push(message);
    changed();
  });
  await controller.subscribeAsync([topics.gate(gateId, 'stop'), topics.gate(gateId, 'crossing')], { qos: 1 });
  gpiomon = await standIn(folder, 2);
  process.env.PATH = withPath(gpiomon.folder);
  await startGate();
  await gpiomon.next();
  await gate.link.ready();
});
afterEach(async () => {
  process.env.PATH = path;
  await gate.stop();
  gpiomon.close();
  await controller.endAsync(true);
  await broker.stop();
  rmSync(folder, { recursive: true });
});

const answer = (stopId: string, cars: object[] = []) =>
  controller.publishAsync(
    topics.gate(gateId, 'stopped'),
    JSON.stringify({ stopId, by: 'gate start', at: 1, cars, paused: [] }),
    { qos: 1 },
  );
const car = { message: null, safety: null, took: null, status: 'lost', heardAgo: null };

it('a press at a line of the gate asks for a stop of all cars until the controller has it, and is no crossing', async () => {
  gpiomon.edge(27, 1, ns());
  // Nobody answers: it is said again, and is the same stop.
  await until(() => stops.length >= 3);
  const [first] = stops as [StopRequest];
  expect(new Set(stops.map(({ stopId }) => stopId)).size).toBe(1);
  await answer(first.stopId, [{ ...car, car: 'red', answer: 'waiting' }]);
  await until(() => lines.some((line) => line.includes('the controller has the stop')));
  await answer(first.stopId, [{ ...car, car: 'red', answer: 'silent' }]);
  await until(() => lines.some((line) => line.includes('stop them by hand') && line.includes('"red"')));
  // The button is let go of, and the beam is broken: that is a crossing, and there is no other.
  const before = stops.length;
  gpiomon.edge(27, 0, ns());
  gpiomon.edge(17, 0, ns());
  await until(() => crossings.length > 0);
  expect(crossings).toMatchObject([{ gate: 'start', seq: 0 }]);
  expect(stops).toHaveLength(before);
  // Pressed again, it acts again.
  gpiomon.edge(27, 1, ns());
  await until(() => stops.length > before);
  expect(stops.at(-1)?.stopId).not.toBe(first.stopId);
});

it('each press is a stop of its own, also while nobody has answered the one before', async () => {
  gpiomon.edge(27, 1, ns());
  // Acted upon, and the answer is lost; the cars were cleared. Said again twice, the hand is later than any bounce.
  await until(() => stops.length >= 3);
  const [first] = stops as [StopRequest];
  gpiomon.edge(27, 0, ns());
  gpiomon.edge(27, 1, ns());
  await until(() => stops.some(({ stopId }) => stopId !== first.stopId));
  const second = stops.find(({ stopId }) => stopId !== first.stopId) as StopRequest;
  // The first one's answer is late: the second is said until it has its own.
  await answer(first.stopId);
  const before = stops.length;
  await until(() => stops.length >= before + 3);
  expect(new Set(stops.slice(before + 1).map(({ stopId }) => stopId))).toEqual(new Set([second.stopId]));
  await answer(second.stopId);
  await until(() => lines.some((line) => line.includes('the controller has the stop') && line.includes(second.stopId)));
});

it('a press that nobody has answered is sent on by the next process, until somebody has', async () => {
  gpiomon.edge(27, 1, ns());
  await until(() => stops.length >= 1);
  const [press] = stops as [StopRequest];
  await gate.stop();
  const before = stops.length;
  await startGate();
  await gpiomon.next();
  await until(() => stops.length > before + 1);
  expect(new Set(stops.map(({ stopId }) => stopId))).toEqual(new Set([press.stopId]));
  await answer(press.stopId);
  await until(() => lines.some((line) => line.includes('the controller has the stop')));
  await gate.stop();
  const after = stops.length;
  await startGate();
  await gpiomon.next();
  await gate.link.ready();
  // What comes after it on the same connection has arrived: nothing of the answered press came before.
  gpiomon.edge(17, 0, ns());
  await until(() => crossings.length > 0);
  expect(stops).toHaveLength(after);
});
