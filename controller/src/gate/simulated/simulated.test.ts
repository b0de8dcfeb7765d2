import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { BootId, CarId, type Micros } from '@pitwall/protocol';
import type { TruePose } from '@pitwall/protocol/messages';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Edge, SensorStatus } from '../sensor.js';
import { SimulatedSensor } from './index.js';
import { LineWatcher } from './simulated.js';

/** A line along y, driven over in +x. */
const line = { left: { x: 0, y: 0.3 }, right: { x: 0, y: -0.3 } };
const car = CarId.parse('demo');
const bootId = BootId.parse('boot');
const pose = (at: number, x: number, y = 0, yaw = 0): TruePose => ({ car, bootId, at: at as Micros, x, y, yaw });

describe('the watched line', () => {
  it('is crossed when the nose is on it, to the microsecond', () => {
    const watcher = new LineWatcher(line);
    // 2 m/s; the nose, 0.14 m ahead, is on the line when the origin is 0.14 m before it.
    expect(watcher.see(pose(1_000_000, -0.15))).toBeUndefined();
    expect(watcher.see(pose(1_010_000, -0.13))).toBe(1_005_000);
    expect(watcher.see(pose(1_020_000, -0.11))).toBeUndefined();
  });

  it.each([
    ['backwards', pose(10_000, -0.13), pose(20_000, -0.15)],
    ['beside it', pose(10_000, -0.15, 0.6), pose(20_000, -0.13, 0.6)],
    ['by a car that is carried', pose(10_000, -0.5), pose(20_000, 0.5)],
    ['in another life of the clock', { ...pose(10_000, -0.15), bootId: BootId.parse('before') }, pose(20_000, -0.13)],
    ['after a long silence', pose(10_000, -0.15), pose(500_000, -0.13)],
  ])('is not crossed %s', (_, from, to) => {
    const watcher = new LineWatcher(line);
    watcher.see(from);
    expect(watcher.see(to)).toBeUndefined();
  });
});

describe('a simulated gate', () => {
  let folder: string;
  let server: Server;
  const sockets = new Set<Socket>();
  const sensors: SimulatedSensor[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'pitwall-sim-'));
  });
  afterEach(async () => {
    for (const sensor of sensors.splice(0)) await sensor.stop();
    for (const socket of sockets) socket.destroy();
    server.close();
    rmSync(folder, { recursive: true });
  });

  async function serve(path: string): Promise<void> {
    server = createServer((socket) => {
      sockets.add(socket);
      socket.once('close', () => sockets.delete(socket));
    });
    server.listen(path);
    await once(server, 'listening');
  }

  it('stamps crossings, and finds the car again when its agent starts anew', async () => {
    const path = join(folder, 'truth.sock');
    const edges: Edge[] = [];
    const statuses: SensorStatus[] = [];
    let lost = 0;
    let heard: () => void = () => undefined;
    const next = () =>
      new Promise<void>((resolve) => {
        heard = resolve;
      });
    const sensor = new SimulatedSensor(path, line);
    sensors.push(sensor);
    let event = next();
    await sensor.start({
      edge: (edge) => {
        edges.push(edge);
        heard();
      },
      status: (status) => {
        statuses.push(status);
        heard();
      },
      note: () => undefined,
      lost: (count) => {
        lost += count;
      },
    });
    await event; // gone: no agent yet
    event = next();
    await serve(path);
    await event;
    const say = (...poses: unknown[]) => {
      for (const socket of sockets)
        socket.write(poses.map((p) => `${typeof p === 'string' ? p : JSON.stringify(p)}\n`).join(''));
    };
    event = next();
    say(pose(0, -0.15), 'nonsense', pose(10_000, -0.13));
    await event;
    expect(edges).toMatchObject([{ at: 5000, bootId: 'boot' }]);
    expect(lost).toBe(1);
    event = next();
    for (const socket of sockets) socket.destroy();
    await event;
    await next();
    event = next();
    say(pose(20_000, -0.15), pose(30_000, -0.13));
    await event;
    expect(edges).toHaveLength(2);
    expect(statuses.filter((status, i) => status !== statuses[i - 1])).toEqual(['gone', 'ok', 'gone', 'ok']);
  });
});
