import { once } from 'node:events';
import type { CarOverview, LiveMessage } from '@pitwall/protocol/api';
import { StopAll, topics } from '@pitwall/protocol/messages';
import mqtt from 'mqtt';
import { afterEach, beforeEach, expect, it } from 'vitest';
import WebSocket from 'ws';
import { TrackDay } from '../race/track-day.js';
import { HandDrivenCar } from './hand-driven.js';

let day: TrackDay;
let red: HandDrivenCar;
let ends: (() => Promise<unknown>)[];

beforeEach(async () => {
  ends = [];
  day = await TrackDay.open();
  ends.push(() => day.close());
  red = await HandDrivenCar.at(day, 'red', await day.token('crew', 'carla'));
  ends.push(() => red.stop());
  await red.start();
  await missing('green');
}, 120_000);
afterEach(async () => {
  for (const end of ends.reverse()) await end();
}, 60_000);

const connect = async (username: string, password: string) =>
  await mqtt.connectAsync(day.mqtt, { protocolVersion: 4, clientId: username, username, password, reconnectPeriod: 0 });
const cars = async () => ((await day.get('/api/v1/cars')) as { cars: CarOverview[] }).cars;

/** A car that was here once, and whose link is lost. */
async function missing(car: string): Promise<void> {
  const client = await connect(`car:${car}`, await day.token('car', car));
  const presence = {
    sessionId: crypto.randomUUID(),
    seq: 0,
    bootId: 'another',
    at: 5,
    status: 'lost',
    version: '0',
    profile: 'x',
    model: null,
  };
  await client.publishAsync(topics.car(car as never, 'presence'), JSON.stringify(presence), { qos: 1, retain: true });
  await client.endAsync();
}

it('stops all cars over HTTP and MQTT for whoever may, tells every page who is missing, and keeps it over a restart', async () => {
  const [marshal, racer] = await Promise.all([day.token('marshal', 'mara'), day.token('racer', 'rita')]);
  const page = new WebSocket(`${day.url.replace('http', 'ws')}/api/v1/live`);
  const told: StopAll[] = [];
  page.on('message', (data) => {
    const message = JSON.parse(String(data)) as LiveMessage;
    if (message.type === 'stop-all') told.push(message.stop);
  });
  await once(page, 'open');
  await expect(day.post('/api/v1/cars/stop', {}, racer)).rejects.toThrow(/403/);
  await expect(day.post('/api/v1/cars/stop', {}, 'nobody')).rejects.toThrow(/401/);
  await red.drive();

  // As a page does it: no body at all.
  const response = await fetch(`${day.url}/api/v1/cars/stop`, {
    method: 'POST',
    headers: { authorization: `Bearer ${marshal}` },
  });
  expect(response.status).toBe(200);
  const outcome = StopAll.parse(await response.json());
  expect(outcome).toMatchObject({
    by: 'mara',
    cars: [
      { car: 'green', answer: 'silent', status: 'lost', safety: null, took: null },
      { car: 'red', answer: 'stopped', status: 'online', safety: 'faulted', message: null },
    ],
    paused: [],
  });
  expect(outcome.cars[1]?.heardAgo).toBeLessThan(5_000_000);
  red.rest();
  expect(await red.motor.neutral()).toBeDefined();
  await expect.poll(() => told.at(-1)).toEqual(outcome);
  expect(told[0]?.cars.map(({ answer }) => answer)).toEqual(['waiting', 'waiting']);
  page.close();

  // A program of the staff, over MQTT; nobody's retained stop is taken.
  await red.drive();
  const program = await connect('marshal:mara', marshal);
  ends.push(() => program.endAsync(true));
  const answers: StopAll[] = [];
  program.on('message', (_, payload) => answers.push(StopAll.parse(JSON.parse(payload.toString()))));
  await program.subscribeAsync(topics.staff('mara', 'stopped'), { qos: 1 });
  await program.publishAsync(topics.staff('mara', 'stop'), '{"stopId":"one"}', { qos: 1 });
  expect(await red.motor.neutral()).toBeDefined();
  await expect
    .poll(() => answers.at(-1), { timeout: 10_000 })
    .toMatchObject({ stopId: 'one', by: 'staff mara', cars: [{ answer: 'silent' }, { answer: 'stopped' }] });
  program.publish(topics.staff('mara', 'stop'), '{"stopId":"two"}', { qos: 1, retain: true });
  await new Promise<void>((resolve) => program.once('close', () => resolve()));

  red.rest();
  await day.killController();
  await day.startController();
  await expect
    .poll(async () => (await cars()).map(({ car, eStop }) => [car, eStop?.by, eStop?.answered]), { timeout: 20_000 })
    .toEqual([
      ['green', 'mara', 'silent'],
      ['red', 'staff mara', 'stopped'],
    ]);
  await expect(red.command({ type: 'arm', manual: true })).rejects.toThrow(/by staff mara holds car red/);
  // The one that was missing comes back, and is told at once.
  const green = await connect('car:green', await day.token('car', 'green'));
  ends.push(() => green.endAsync(true));
  await green.subscribeAsync(topics.car('green' as never, 'command'), { qos: 1 });
  const commanded = new Promise<Buffer>((resolve) => green.once('message', (_, payload) => resolve(payload)));
  await green.publishAsync(
    topics.car('green' as never, 'presence'),
    JSON.stringify({
      sessionId: crypto.randomUUID(),
      seq: 0,
      bootId: 'another',
      at: 9,
      status: 'online',
      version: '0',
      profile: 'x',
      model: null,
    }),
    { qos: 1, retain: true },
  );
  expect(JSON.parse(String(await commanded))).toMatchObject({ who: 'mara', action: { type: 'e-stop' } });
});
