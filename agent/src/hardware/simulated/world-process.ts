/**
 * The simulated world as a process: steps in real time, sends the camera's frames to the agent, takes what motor and
 * steering are told from a Unix socket, and serves where the car really is on another.
 */
import { rmSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { CarId, isPitwallError, type Micros, PitwallError } from '@pitwall/protocol';
import type { TruePose } from '@pitwall/protocol/messages';
import { kernelBootId, now } from '@pitwall/runtime';
import { Faults, FaultyCamera, observationSize, readTrack, World } from '../../simulator/index.js';
import { AutomaticReset } from './automatic-reset.js';
import type { FromWorld, Steered, ToWorld, WorldSettings } from './messages.js';
import { RealTime, stepMicros } from './real-time.js';

/** A listener that does not read loses poses beyond this many waiting bytes; it must not make this process grow. */
const mostWaiting = 1 << 20;

/** An RPLIDAR A1's turn: one distance a degree, up to 12 m. */
const directions = Array.from({ length: 360 }, (_, i) => i - 179);
const reachM = 12;

const settings = JSON.parse(process.argv[2] ?? '') as WorldSettings;
const tell = (message: FromWorld): void => {
  if (process.connected) process.send?.(message, undefined, undefined, () => {});
};

function listen(path: string, onSocket: (socket: Socket) => void): Promise<Server> {
  rmSync(path, { force: true });
  const server = createServer((socket) => {
    socket.on('error', () => socket.destroy());
    onSocket(socket);
  });
  return new Promise((resolve, reject) => {
    server.once('error', (cause) =>
      reject(
        new PitwallError('config-invalid', `No Unix socket can be made at ${path}; choose another path.`, { cause }),
      ),
    );
    server.listen(path, () => resolve(server));
  });
}

const sockets = [settings.wires, settings.poses].filter((path) => path !== '');
function end(code: number): void {
  for (const path of sockets) rmSync(path, { force: true });
  process.exit(code);
}

process.on('disconnect', () => end(0));
// A supervisor tells all processes of a service to end: the agent stops the car first, then its world.
process.on('SIGTERM', () => {});
if (!process.connected) end(0);

try {
  const drawn = readTrack(settings.track);
  const track = settings.direction === undefined ? drawn : drawn.inDirection(settings.direction);
  const world = new World({ track, seed: settings.seed });
  const setOnStart = () => world.place(world.startPose(settings.start));
  setOnStart();
  process.on('message', (message) => {
    if ((message as ToWorld).type === 'end') end(0);
    setOnStart();
  });
  const reset = new AutomaticReset(world);
  const car = CarId.parse(settings.car);
  const bootId = kernelBootId();
  const watchers = new Set<Socket>();
  const faults = new Faults(settings.faults ?? []);
  const camera = new FaultyCamera(faults);
  /** Of the world's life, in s. */
  let age = 0;

  const realTime = new RealTime(
    {
      rate: settings.rate,
      step: (seconds, steered) => {
        age += seconds;
        if (faults.has('collision', age)) world.collide();
        else world.step(seconds, steered);
        reset.check(seconds);
      },
      onStep: (at) => {
        if (watchers.size === 0) return;
        const line = `${JSON.stringify({ car, bootId, at, ...world.pose() } satisfies TruePose)}\n`;
        for (const watcher of watchers) if (watcher.writableLength < mostWaiting) watcher.write(line);
      },
      onFrame: (at) => {
        const both = new Uint8Array(2 * observationSize.width * observationSize.height);
        world.renderStereo(both);
        const sent = camera.frame(both, age);
        if (sent === undefined) return;
        const eye = (plane: number) => Uint8Array.from({ length: sent.length / 2 }, (_, i) => sent[2 * i + plane]!);
        tell({ type: 'frame', at: at as Micros, left: eye(0), right: eye(1), pose: world.pose() });
      },
      onScan: (at) => tell({ type: 'scan', at: at as Micros, ranges: world.scanLidar(directions, reachM) }),
    },
    now(),
  );

  await listen(settings.wires, (socket) => {
    createInterface({ input: socket }).on('line', (line) => {
      realTime.steered = JSON.parse(line) as Steered;
    });
  });
  if (settings.poses !== '') {
    await listen(settings.poses, (socket) => {
      watchers.add(socket);
      socket.on('close', () => watchers.delete(socket));
      socket.resume();
    });
  }
  setInterval(() => realTime.advance(now()), stepMicros / 1000);
  tell({ type: 'ready' });
} catch (error) {
  const told = isPitwallError(error) ? error : undefined;
  const message = error instanceof Error ? error.message : String(error);
  process.send?.({ type: 'failed', code: told?.code ?? 'internal-error', message } satisfies FromWorld, () => end(1));
}
