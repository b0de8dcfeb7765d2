import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { openApiOf } from '@pitwall/controller/testing/openapi-document';
import { kernelBootId, now } from '@pitwall/runtime';
import { connectAsync, type IClientOptions, type MqttClient } from 'mqtt';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { missingForBoards } from '../hardware/board.js';
import { random } from '../model/random-policy.js';
import { mutated } from '../mutation.js';
import { AttackedController } from './attacked-controller.js';
import { type AttackedBoard, driveUnit, lapGate } from './board-frames.js';
import {
  httpRequests,
  liveFrame,
  liveHandshake,
  liveRequests,
  mqttConnect,
  mqttMessages,
  mqttPackets,
  mqttPublish,
} from './fine-frames.js';
import { hostReaders } from './host-frames.js';
import { exchange, inParallel } from './sockets.js';

/** `npm run soak -- protocols COUNT` tries so many, with a seed of its own. */
const soaked = process.env.PITWALL_SEQUENCES;
const count = Number(soaked ?? 6000);
const seed = soaked === undefined ? 9 : Date.now() % 1_000_000_007;
const next = random(seed);
/** Of all frames. */
const shares = { http: 0.25, live: 0.2, mqtt: 0.25, host: 0.2, boards: 0.1 } as const;
/** So many of each kind are sent before the memory is looked at first: what is made once is made by then. */
const warmUp = 0.2;
/** A few thousand are too few to make all that is made once, and crossings that wait for their clock are in memory still. */
const mostGrown = soaked === undefined ? 1.35 : 1.1;
const readings = soaked === undefined ? 1 : 15;
const lanes = 16;
/** Frames of one connection. */
const together = 8;
/** A stop is heard by a car, and a crossing answered, within: the machine does nothing else then. */
const inTimeMs = 1000;

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

let controller: AttackedController;
let tokens: string[];
let requests: Buffer[];
let http: number;
let mqtt: number;
const clients: MqttClient[] = [];
const pick = <T>(all: readonly T[]): T => all[Math.floor(next() * all.length)] as T;

beforeAll(async () => {
  const started = await AttackedController.start([
    ['organizer', 'olga'],
    ['marshal', 'mara'],
    ['racer', 'anna'],
    ['source', 'hall'],
    ['car', 'red'],
    ['gate', 'start'],
  ]);
  ({ controller, tokens } = started);
  http = Number(new URL(controller.url).port);
  mqtt = Number(new URL(controller.mqtt).port);
  requests = httpRequests(await openApiOf(controller.url), tokens.slice(0, 4));
});
afterAll(async () => {
  for (const client of clients) await client.endAsync(true);
  await controller?.stop();
});

const sendHttp = async (): Promise<void> => {
  const frame = mutated(pick(requests), next);
  const answer = await exchange(http, frame);
  if (/^HTTP\/1\.1 5\d\d/m.test(answer)) throw new Error(`${frame.toString('latin1')}\n→ ${answer}`);
};

/** The first ones reach what reads a request, the last one what reads a frame. */
const sendLive = async (): Promise<void> => {
  const path = next() < 0.9 ? '/api/v1/live' : '/api/v1/leaderboards/hall/live?since=0';
  const frames: Buffer[] = [Buffer.from(liveHandshake(path))];
  for (let frame = 1; frame < together; frame += 1) {
    const text = mutated(Buffer.from(JSON.stringify(pick(liveRequests))), next);
    frames.push(liveFrame(Buffer.from(text.subarray(0, 60_000).toString('utf8'))));
  }
  const opcode = pick([0, 1, 2, 8, 9, 10]);
  frames.push(mutated(liveFrame(Buffer.from(JSON.stringify(pick(liveRequests))), opcode), next));
  const answer = await exchange(http, Buffer.concat(frames));
  if (!answer.startsWith('HTTP/1.1 101')) throw new Error(`no live connection: ${answer}`);
};

const messages = mqttMessages();
const sendMqtt = async (): Promise<void> => {
  const of = next() < 0.5 ? 'car' : 'gate';
  const own = messages.filter((message) => message.of === of);
  const [name, token] = of === 'car' ? ['car:red', tokens[4]] : ['gate:start', tokens[5]];
  const frames: Buffer[] = [mqttConnect(name as string, token ?? '')];
  for (let frame = 1; frame < together; frame += 1) {
    const { topic, payload } = pick(own);
    frames.push(mqttPublish(topic, mutated(payload, next)));
  }
  const { topic, payload } = pick(own);
  frames.push(mutated(next() < 0.5 ? pick(mqttPackets) : mqttPublish(topic, payload), next));
  await exchange(mqtt, Buffer.concat(frames));
};

/** Sends so many frames; says how many a second. */
async function attack(name: string, frames: number, each: number, send: () => Promise<void>): Promise<void> {
  const began = performance.now();
  await inParallel(Math.ceil(frames / each), lanes, async () => {
    if (controller.troubles.length > 0) throw new Error(controller.troubles.join('\n'));
    await send();
  });
  const seconds = (performance.now() - began) / 1000;
  console.log(`${name}: ${frames} frames, ${Math.round(frames / seconds)} a second (seed ${seed})`);
}

const mb = (bytes: number): string => (bytes / 2 ** 20).toFixed(1);

it('a controller takes mutated requests, live frames and MQTT packets: no end, no failure, no growth, and stops cars and takes crossings as before', async () => {
  const all = async (part: number) => {
    await attack('HTTP', Math.round(count * shares.http * part), 1, sendHttp);
    await attack('WebSocket', Math.round(count * shares.live * part), together, sendLive);
    await attack('MQTT', Math.round(count * shares.mqtt * part), together, sendMqtt);
  };
  await all(warmUp);
  const before = await controller.memory(readings);
  await all(1 - warmUp);
  const after = await controller.memory(readings);
  console.log(
    `the controller: ${mb(before.used)} → ${mb(after.used)} MB in use, ${mb(before.rss)} → ${mb(after.rss)} MB of the system`,
  );
  await stopsAndTakesCrossings();
  expect(controller.troubles).toEqual([]);
  expect(after.used / before.used).toBeLessThan(mostGrown);
  expect(after.rss / before.rss).toBeLessThan(mostGrown);
});

/** A marshal's stop and a gate's crossing, each timed from outside. */
async function stopsAndTakesCrossings(): Promise<void> {
  const [car, gate] = [await connect('car:red', tokens[4]), await connect('gate:start', tokens[5])];
  // The gate is on the controller's computer: one clock, which needs no aligning first.
  const [sessionId, bootId] = [uuidv7(), kernelBootId()];
  const presence = {
    sessionId,
    seq: 0,
    bootId,
    at: now(),
    status: 'online',
    version: '1',
    profile: 'simulated',
    model: null,
  };
  await car.subscribeAsync('pitwall/v1/cars/red/command');
  await car.publishAsync('pitwall/v1/cars/red/presence', JSON.stringify(presence), { qos: 1 });
  const cars = async () => await (await fetch(`${controller.url}/api/v1/cars`)).text();
  await expect.poll(cars).toContain('"red"');
  await timed('a stop', heard(car, 'command'), () => {
    const authorization = `Bearer ${tokens[1]}`;
    void fetch(`${controller.url}/api/v1/cars/stop`, { method: 'POST', headers: { authorization } }).catch(
      () => undefined,
    );
  });
  await gate.subscribeAsync('pitwall/v1/gates/start/ack');
  await timed('a crossing', heard(gate, 'ack'), () => {
    const crossing = { gate: 'start', bootId, seq: 0, at: now(), uncertainty: 1, sessionId };
    gate.publish('pitwall/v1/gates/start/crossing', JSON.stringify(crossing), { qos: 1 });
  });
}

const heard = (client: MqttClient, channel: string): Promise<void> =>
  new Promise((resolve) => client.on('message', (topic) => topic.endsWith(`/${channel}`) && resolve()));

async function timed(what: string, heard: Promise<void>, ask: () => void): Promise<void> {
  const from = performance.now();
  ask();
  await heard;
  const ms = performance.now() - from;
  console.log(`${what}: heard after ${ms.toFixed(0)} ms`);
  expect(ms, what).toBeLessThan(inTimeMs);
}

async function connect(username: string, password = ''): Promise<MqttClient> {
  const options: IClientOptions = { username, password, protocolVersion: 4, reconnectPeriod: 0 };
  const client = await connectAsync(controller.mqtt, options);
  clients.push(client);
  return client;
}

it('readers of gates’ and cars’ devices take mutated frames: nothing is thrown, and no edge is none', async () => {
  const readers = await hostReaders();
  const each = Math.ceil((count * shares.host) / readers.length);
  let first = 0;
  for (const [round, frames] of [Math.ceil(each * warmUp), each - Math.ceil(each * warmUp)].entries()) {
    const began = performance.now();
    for (const { name, feed } of readers)
      for (let frame = 0; frame < frames; frame += 1)
        try {
          const fed = feed(next);
          if (fed !== undefined) await fed;
        } catch (cause) {
          throw new Error(`${name}, seed ${seed}: ${String(cause)}`, { cause });
        }
    const seconds = (performance.now() - began) / 1000;
    console.log(
      `devices: ${frames * readers.length} frames, ${Math.round((frames * readers.length) / seconds)} a second`,
    );
    collect();
    const { heapUsed, external } = process.memoryUsage();
    if (round === 0) first = heapUsed + external;
    else {
      console.log(`their readers: ${mb(first)} → ${mb(heapUsed + external)} MB in use`);
      expect((heapUsed + external) / first).toBeLessThan(mostGrown);
    }
  }
  for (const { stop } of readers) await stop?.();
});

const missing = missingForBoards();
if (missing !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the emulated boards need ${missing}`);
  console.log(`skipped: mutated frames to firmware, because ${missing} is missing`);
}

it.skipIf(missing !== undefined)(
  'our firmware takes mutated frames: it answers, keeps its limits and its neutral',
  () => {
    for (const make of [driveUnit, lapGate]) {
      const board: AttackedBoard = make();
      board.check();
      const frames = Math.ceil((count * shares.boards) / 2);
      const began = performance.now();
      for (let frame = 1; frame <= frames; frame += 1) {
        board.feed(next);
        if (frame % 5000 === 0) board.check();
      }
      board.check();
      const seconds = (performance.now() - began) / 1000;
      console.log(`${board.name}: ${frames} frames, ${Math.round(frames / seconds)} a second (seed ${seed})`);
    }
  },
);
