import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { type Edge, LapGateDecoder, SerialSensor } from '@pitwall/controller/gate';
import { hostClock } from '@pitwall/runtime';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { missing } from './race-day.js';

const lacks = missing() ?? (existsSync('/usr/bin/socat') ? undefined : 'socat');
if (lacks !== undefined) {
  if (process.env.CI === 'true') throw new Error(`the lap gate on a pseudo-terminal needs ${lacks}`);
  console.log(`skipped: the lap gate on a pseudo-terminal, because ${lacks} is missing`);
}

const program = fileURLToPath(new URL('../dist/gates/board-process.js', import.meta.url));

describe.skipIf(lacks !== undefined)('a lap gate on a serial port', () => {
  let folder: string;
  let port: string;
  let edges: Edge[];
  let statuses: string[];
  let truth: number[];
  let changed: () => void;
  let sensor: SerialSensor;
  let board: ChildProcess;
  let socat: ChildProcess;
  const until = async (condition: () => boolean) => {
    while (!condition())
      await new Promise<void>((resolve) => {
        changed = resolve;
      });
  };

  /** socat: a pseudo-terminal in front of a TCP connection to the board. */
  async function plug(tcp: number): Promise<void> {
    socat = spawn('socat', ['-d', '-d', `pty,link=${port},raw,echo=0`, `tcp:127.0.0.1:${tcp}`], {
      stdio: ['ignore', 'ignore', 'pipe'],
    });
    const lines = createInterface({ input: socat.stderr as NodeJS.ReadableStream });
    await new Promise<void>((resolve) =>
      lines.on('line', (line) => {
        if (line.includes('starting data transfer loop')) resolve();
      }),
    );
  }

  let tcp: number;
  let hub: ReturnType<typeof createServer>;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'pitwall-serial-'));
    port = join(folder, 'gate');
    [edges, statuses, truth, changed] = [[], [], [], () => undefined];
    // The board stays while its cable comes and goes: a hub joins its connection with socat's.
    let toBoard: import('node:net').Socket | undefined;
    let toHost: import('node:net').Socket | undefined;
    hub = createServer((socket) => {
      socket.setNoDelay(true);
      socket.on('error', () => undefined);
      if (toBoard === undefined) {
        toBoard = socket;
        socket.on('data', (data) => toHost?.write(data));
      } else {
        toHost = socket;
        socket.on('data', (data) => toBoard?.write(data));
        socket.on('close', () => {
          toHost = undefined;
        });
      }
    });
    hub.listen(0, '127.0.0.1');
    await once(hub, 'listening');
    tcp = (hub.address() as { port: number }).port;
    board = spawn(process.execPath, [program, String(tcp)], { stdio: ['pipe', 'pipe', 'inherit'] });
    const lines = createInterface({ input: board.stdout as NodeJS.ReadableStream });
    const ready = new Promise<void>((resolve) =>
      lines.on('line', (line) => {
        if (line === 'ready') resolve();
        if (line.startsWith('edge ')) truth.push(Number(line.slice(5)));
        changed();
      }),
    );
    await ready;
    sensor = new SerialSensor(
      { port, baud: 500_000 },
      hostClock(),
      (events, write) => new LapGateDecoder({ events, write, kept: () => undefined, freshName: () => 0xabcd }),
    );
    await sensor.start({
      edge: (edge) => {
        edges.push(edge);
        changed();
      },
      status: (status) => {
        if (statuses.at(-1) !== status) statuses.push(status);
        changed();
      },
      note: () => undefined,
      lost: () => undefined,
    });
  });

  afterEach(async () => {
    await sensor.stop();
    socat.kill('SIGKILL');
    board.kill('SIGKILL');
    hub.close();
    rmSync(folder, { recursive: true });
  });

  it('is found when it is plugged in, stamps, and answers for its clock', async () => {
    await plug(tcp);
    await until(() => statuses.at(-1) === 'ok');
    board.stdin?.write('edges 20 7500\n');
    await until(() => edges.length === 20 && truth.length === 20);
    for (let i = 1; i < 20; i++) {
      const seen = (edges[i]?.at ?? 0) - (edges[0]?.at ?? 0);
      expect(Math.abs(seen - ((truth[i] ?? 0) - (truth[0] ?? 0)))).toBeLessThanOrEqual(1);
    }
    const times = await sensor.probe();
    expect(times?.bootId).toBe('lap-gate-0000abcd-0');
    expect(times?.answeredAt).toBeGreaterThanOrEqual(times?.receivedAt ?? Number.POSITIVE_INFINITY);
  });

  it('loses nothing when the cable is out and comes in again', async () => {
    await plug(tcp);
    await until(() => statuses.at(-1) === 'ok');
    board.stdin?.write('edges 4 20000\n');
    await until(() => edges.length === 4);
    socat.kill('SIGKILL');
    await until(() => statuses.at(-1) === 'gone');
    board.stdin?.write('edges 6 20000\n');
    await until(() => truth.length === 10);
    await plug(tcp);
    await until(() => edges.length === 10);
    expect(edges.map(({ kept }) => kept)).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
    expect(new Set(edges.map(({ bootId }) => bootId)).size).toBe(1);
  });
});
