import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { afterEach, expect, it } from 'vitest';
import { WebSocketServer } from 'ws';
import { hostClock } from '../../link/index.js';
import { Listener } from '../sensor.fixture.js';
import { DremSensor } from './index.js';

const clock = hostClock();
const sensors: DremSensor[] = [];
afterEach(async () => {
  for (const sensor of sensors.splice(0)) await sensor.stop();
});

async function timer(port = 0): Promise<WebSocketServer> {
  const server = new WebSocketServer({ host: '127.0.0.1', port });
  await once(server, 'listening');
  return server;
}

it("stamps the timer's word as it comes, and finds the timer again when it was away", async () => {
  let server = await timer();
  const { port } = server.address() as AddressInfo;
  const listener = new Listener();
  const sensor = new DremSensor(`ws://127.0.0.1:${port}`, clock);
  sensors.push(sensor);
  await sensor.start(listener.events);
  await listener.until(() => listener.statuses.at(-1) === 'ok');
  const say = (word: string) => {
    for (const client of server.clients) client.send(word);
  };
  const before = clock.now();
  say('lap');
  say('Lap time?');
  await listener.until(() => listener.edges.length === 1 && listener.lost === 1);
  const [edge] = listener.edges;
  expect(edge?.bootId).toBe(clock.bootId);
  expect(edge?.at).toBeGreaterThanOrEqual(before);
  expect((edge?.at ?? 0) - before).toBeLessThan(1_000_000);
  for (const client of server.clients) client.terminate();
  server.close();
  await listener.until(() => listener.statuses.at(-1) === 'gone');
  server = await timer(port);
  await listener.until(() => listener.statuses.at(-1) === 'ok');
  say('lap');
  await listener.until(() => listener.edges.length === 2);
  expect(listener.statuses).toEqual(['ok', 'gone', 'ok']);
  await sensor.stop();
  server.close();
});
