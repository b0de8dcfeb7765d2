import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Crossing, GatePresence } from '@pitwall/protocol/messages';
import { parseTrack } from '@pitwall/protocol/track';
import { Aedes } from 'aedes';
import { afterEach, beforeEach, expect, it } from 'vitest';

const pitwall = fileURLToPath(new URL('../../bin/pitwall.js', import.meta.url));
const track = fileURLToPath(new URL('../../../protocol/tracks/harbour.json', import.meta.url));
const { left, right } = parseTrack(readFileSync(track, 'utf8'), 'The track').startLine;

let folder: string;
let broker: Aedes;
let servers: Server[];
/** What the gate says, by the channel on which it says it; each waits for the next. */
let said: (channel: string) => Promise<unknown>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-simulate-'));
  servers = [];
  broker = await Aedes.createBroker();
  said = (channel) =>
    new Promise((resolve) => {
      const hear = ({ topic, payload }: { topic: string; payload: Buffer | string }) => {
        if (topic !== `pitwall/v1/gates/start/${channel}`) return;
        broker.off('publish', hear);
        resolve(JSON.parse(String(payload)));
      };
      broker.on('publish', hear);
    });
});
afterEach(async () => {
  for (const server of servers) server.close();
  await new Promise<void>((resolve) => broker.close(() => resolve()));
  rmSync(folder, { recursive: true });
});

async function listen(serve: (socket: Socket) => void, where: string | number): Promise<Server> {
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    serve(socket);
  });
  servers.push(server);
  server.listen(where);
  await once(server, 'listening');
  return server;
}

/** A car that comes to the line at 2 m/s, its nose on it at `crossesAt`, as its simulated hardware says it 100 times a second. */
function* poses(bootId: string, crossesAt: number): Generator<string> {
  const width = Math.hypot(right.x - left.x, right.y - left.y);
  // The racing direction is a quarter turn left of the line from its left end to its right.
  const [dx, dy] = [-(right.y - left.y) / width, (right.x - left.x) / width];
  for (let at = crossesAt - 95_500; at < crossesAt + 100_000; at += 10_000) {
    const ahead = 2e-6 * (at - crossesAt) - 0.14;
    const [x, y] = [(left.x + right.x) / 2 + dx * ahead, (left.y + right.y) / 2 + dy * ahead];
    yield `${JSON.stringify({ car: 'red', bootId, at, x, y, yaw: Math.atan2(dy, dx) })}\n`;
  }
}

it('is a gate by itself: it sees a simulated car cross the line to the microsecond, and says so over MQTT', async () => {
  const socket = join(folder, 'poses.sock');
  const cars: Socket[] = [];
  await listen((car) => cars.push(car), socket);
  const server = await listen((client) => broker.handle(client), 0);
  const url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const online = said('presence');
  const places = ['--socket', socket, '--track', track, '--data', folder];
  const gate = spawn(process.execPath, [pitwall, 'gate', 'simulate', '--id', 'start', '--broker', url, ...places], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, PITWALL_GATE_BROKER_TOKEN: 'any' },
  });
  try {
    expect(GatePresence.parse(await online)).toMatchObject({ status: 'online', profile: 'simulated' });
    await expect.poll(() => cars.length).toBe(1);
    const crossing = said('crossing');
    for (const pose of poses('boot', 5_000_000)) cars[0]?.write(pose);
    const seen = Crossing.parse(await crossing);
    expect(seen).toMatchObject({ gate: 'start', bootId: 'boot', seq: 0, uncertainty: 40 });
    expect(Math.abs(seen.at - 5_000_000)).toBeLessThanOrEqual(1);
    const ended = once(gate, 'exit');
    const offline = said('presence');
    gate.kill('SIGTERM');
    expect(await ended).toEqual([0, null]);
    expect(GatePresence.parse(await offline)).toMatchObject({ status: 'offline' });
  } finally {
    gate.kill('SIGKILL');
    for (const car of cars) car.destroy();
  }
});
