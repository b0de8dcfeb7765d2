import { EventEmitter, once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { boardLine, loadJohnnyFive } from '@pitwall/agent/dist/hardware/firmata/index.js';
import { RcFrames } from '@pitwall/agent/dist/hardware/receiver/frames.js';
import { Nodes } from '@pitwall/agent/dist/hardware/rplidar/nodes.js';
import {
  type Edge,
  LapGateDecoder,
  P3Sensor,
  PassingsDecoder,
  type Port,
  PulseDecoder,
  type SensorEvents,
  SerialSensor,
} from '@pitwall/controller/gate';
import { P3Decoder } from '@pitwall/controller/testing/p3-decoder';
import { BootId } from '@pitwall/protocol';
import { hostClock } from '@pitwall/runtime';
import { mutated } from '../mutation.js';
import { fromBoard, receiverFrames, serialLines } from './fine-frames.js';

/** What reads the bytes of one kind of device on this side of the line. */
export interface HostReader {
  readonly name: string;
  /** Hands over the bytes of one mutated frame. @throws what a reader must never throw */
  feed(next: () => number): void | Promise<void>;
  stop?(): Promise<void>;
}

const clock = hostClock();
const pick = <T>(all: readonly T[], next: () => number): T => all[Math.floor(next() * all.length)] as T;

/** Whatever a device says, what goes on from there is a stamp. */
const events = (): SensorEvents => ({
  edge: ({ bootId, at, uncertainty, transponder = 'x', strength = 0 }: Edge) => {
    const isStamp = BootId.safeParse(bootId).success && Number.isSafeInteger(at) && Number.isSafeInteger(uncertainty);
    if (!isStamp || transponder.length > 64 || !Number.isFinite(strength))
      throw new Error(`no edge: ${bootId} ${at} ${uncertainty} ${transponder} ${strength}`);
  },
  status: () => undefined,
  note: () => undefined,
  lost: (count) => {
    if (!Number.isSafeInteger(count) || count < 0) throw new Error(`lost ${count}`);
  },
});

async function serialReader(kind: keyof typeof serialLines): Promise<HostReader> {
  let say: (chunk: Uint8Array) => void = () => undefined;
  const port: Port = {
    write: () => undefined,
    onData: (handler) => {
      say = handler;
    },
    onClose: () => undefined,
    close: async () => undefined,
  };
  const sensor = new SerialSensor(
    { port: kind, baud: 115_200 },
    clock,
    (told, write) =>
      kind === 'lap-gate'
        ? new LapGateDecoder({ events: told, write, kept: () => undefined, freshName: () => 1 })
        : kind === 'passings'
          ? new PassingsDecoder(told, clock)
          : new PulseDecoder(told, clock),
    async () => port,
  );
  await sensor.start(events());
  const lines = serialLines[kind].map((line) => Buffer.from(line, 'latin1'));
  return {
    name: `serial line of ${kind}`,
    // One in four as it is: what comes after a spoiled line is read as well.
    feed: (next) => say(next() < 0.25 ? pick(lines, next) : mutated(pick(lines, next), next)),
    stop: () => sensor.stop(),
  };
}

/** Over TCP, as that decoder speaks. */
async function p3Reader(): Promise<HostReader> {
  let decoder: Socket | undefined;
  const server = createServer((socket) => {
    decoder = socket;
    socket.on('error', () => undefined);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const sensor = new P3Sensor({ host: '127.0.0.1', port: (server.address() as { port: number }).port }, clock);
  await sensor.start(events());
  if (decoder === undefined) await once(server, 'connection');
  const model = new P3Decoder();
  return {
    name: 'P3 over TCP',
    feed: async (next) => {
      const fine = next() < 0.1 ? P3Decoder.status() : model.passing(Math.floor(next() * 2 ** 24));
      const frame = next() < 0.25 ? fine : mutated(Uint8Array.from(fine), next);
      if (decoder?.write(frame) === false) await once(decoder, 'drain');
    },
    stop: async () => {
      await sensor.stop();
      decoder?.destroy();
      server.close();
    },
  };
}

/** The library that reads a board's Firmata, on the line that the drivetrain gives it; a board that is lost is opened anew. */
async function firmataReader(): Promise<HostReader> {
  const { firmata } = await loadJohnnyFive();
  let port: EventEmitter;
  const open = () => {
    const opened = Object.assign(new EventEmitter(), { write: () => true });
    port = opened;
    const io = new firmata.Firmata(boardLine(opened as never, open), { reportVersionTimeout: 50 });
    io.on('error', () => undefined);
  };
  open();
  return {
    name: 'Firmata of a board',
    feed: (next) =>
      void port.emit('data', Buffer.from(next() < 0.25 ? pick(fromBoard, next) : mutated(pick(fromBoard, next), next))),
  };
}

/** Every reader of bytes that come from a device of gates and cars. */
export async function hostReaders(): Promise<HostReader[]> {
  const serial = await Promise.all((['lap-gate', 'passings', 'pulse'] as const).map(serialReader));
  const radio = (['ibus', 'sbus'] as const).map((kind) => {
    const frames = new RcFrames(kind);
    const feed = (next: () => number) => {
      for (const { channels } of frames.push(mutated(receiverFrames[kind], next)))
        if (channels.some((width) => !Number.isFinite(width))) throw new Error(`no frame: ${channels}`);
    };
    return { name: `${kind} of a receiver`, feed };
  });
  const nodes = new Nodes({ forward: 0, upsideDown: false, quality: 0 }, (ranges) => {
    if (ranges.length > 100_000) throw new Error(`a turn of ${ranges.length} nodes`);
  });
  const node = Uint8Array.from([0x3e, 0x81, 0x40, 0x10, 0x20]);
  const lidar = { name: 'nodes of a lidar', feed: (next: () => number) => nodes.push(mutated(node, next)) };
  return [...serial, await p3Reader(), await firmataReader(), ...radio, lidar];
}
