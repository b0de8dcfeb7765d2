/**
 * An emulated board in real time, as a process: its serial line is a TCP socket on loopback (socat makes a serial port
 * of it), its pulses are told to the parent with the time at which they ended.
 */
import { readFileSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { EmulatedBoard } from './emulated-board.js';
import { EmulatedMpu6050, type Feels } from './emulated-mpu6050.js';

export type FromBoard =
  | { readonly type: 'listening'; readonly port: number }
  /** Pulses since the last message; `at` is µs of CLOCK_MONOTONIC. */
  | { readonly type: 'pulses'; readonly pulses: readonly { pin: number; micros: number; at: number }[] }
  /** How long the board stood still so far because this machine was busy, in s. A real one never does. */
  | { readonly type: 'slipped'; readonly seconds: number };

export type ToBoard = { readonly feels: Feels | null } | { readonly reset: true };

const now = (): number => Number(process.hrtime.bigint() / 1000n);
const tell = (message: FromBoard) => process.send?.(message, undefined, undefined, () => {});

let host: Socket | undefined;
let pulses: { pin: number; micros: number; at: number }[] = [];
let said: number[] = [];
const imu = new EmulatedMpu6050();
const powered = () =>
  new EmulatedBoard(
    readFileSync(process.argv[2]!, 'utf8'),
    { byte: (byte) => said.push(byte), pulse: ({ pin, micros }) => pulses.push({ pin, micros, at: now() }) },
    imu,
  );
let board = powered();
let offset = now() / 1e6;
process.on('message', (message) => {
  const told = message as ToBoard;
  if ('feels' in told) imu.plug(told.feels);
  else {
    // What its watchdog or its supply does to it: it begins anew at once, without a boot loader, and its cable stays.
    board = powered();
    offset = now() / 1e6;
  }
});

const server = createServer((socket) => {
  host = socket.setNoDelay();
  socket.on('data', (bytes) => board.receive(bytes));
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    if (host === socket) host = undefined;
  });
});
server.listen(0, '127.0.0.1', () => tell({ type: 'listening', port: (server.address() as { port: number }).port }));
process.on('disconnect', () => process.exit(0));

// A board that is held up by a busy machine goes on from there; it does not hurry to catch up more than this.
const mostBehind = 0.02;
let slipped = 0;
setInterval(() => {
  const due = now() / 1e6 - offset;
  if (due - board.seconds > mostBehind) {
    const slip = due - board.seconds - mostBehind;
    offset += slip;
    slipped += slip;
    tell({ type: 'slipped', seconds: slipped });
  }
  board.runUntil(now() / 1e6 - offset);
  if (said.length > 0) {
    host?.write(Uint8Array.from(said));
    said = [];
  }
  if (pulses.length > 0) {
    tell({ type: 'pulses', pulses });
    pulses = [];
  }
}, 2);
