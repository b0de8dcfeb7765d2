import type { Micros } from '@pitwall/protocol';
import { type Clock, Retry } from '@pitwall/runtime';
import { WebSocket } from 'ws';
import { z } from 'zod';
import type { Sensor, SensorEvents } from '../sensor.js';
import { WallClock } from '../wall-clock.js';

/** The network between the timer and this machine: a wired one or the same machine. That the timer polls is in the profile. */
const deliveryError = 2000 as Micros;
/** `Date.now()` cuts the rest of the millisecond off. */
const wholeMs = 1000;
const pingMs = 2000;
const longestMessage = 1024;

/** ms since 1970 by the timer's wall clock. */
const timestamp = z.number().int().nonnegative().max(8.64e15);
/**
 * What a timer of 2026 says (guidance-for-aws-deepracer-event-management, leaderboard-timer/timer.js, since ef6c8dd6): each pass,
 * numbered since its start, with the strip's GPIO; and a greeting. That of 2023 (ec0c82d5) says the word `lap`.
 */
const Said = z.discriminatedUnion('event', [
  z.object({ event: z.literal('lap'), timestamp, gpio: z.number().int(), lapNumber: z.number().int().positive() }),
  z.object({ event: z.literal('connected'), timestamp }),
]);

/**
 * DREM's timer program, a WebSocket server. Where it says when a pass was, that is the stamp, placed on our clock by the
 * arrivals; the plain word is stamped when it arrives. Each strip is debounced by the timer for itself, so that a pass may come
 * once from each: they are two sensors of one gate.
 */
export class DremSensor implements Sensor {
  readonly #url: string;
  readonly #clock: Clock;
  /** The timer's, from the first message that tells of it. */
  #wallClock: WallClock | undefined;
  #lastNumber: number | undefined;
  #socket: WebSocket | undefined;
  readonly #retry = new Retry({ firstMs: 200, mostMs: 5000 });
  #stopped = true;

  constructor(url: string, clock: Clock) {
    this.#url = url;
    this.#clock = clock;
  }

  async start(events: SensorEvents): Promise<void> {
    this.#stopped = false;
    this.#connect(events);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#retry.stop();
    this.#socket?.terminate();
  }

  #connect(events: SensorEvents): void {
    const socket = new WebSocket(this.#url, { maxPayload: longestMessage, handshakeTimeout: 5000 });
    this.#socket = socket;
    let why = 'the connection was closed';
    let alive = true;
    // A cable that is out shows only in what does not come back.
    const pinging = setInterval(() => {
      if (!alive) socket.terminate();
      alive = false;
      if (socket.readyState === WebSocket.OPEN) socket.ping();
    }, pingMs);
    socket.on('pong', () => {
      alive = true;
    });
    socket.on('open', () => {
      if (this.#stopped) return;
      this.#retry.worked();
      alive = true;
      events.status('ok', `connected to ${this.#url}`);
    });
    socket.on('message', (data) => {
      if (this.#stopped) return;
      const at = this.#clock.now();
      alive = true;
      this.#hear(data.toString(), at, events);
    });
    socket.on('error', (error) => {
      why = error.message;
    });
    socket.once('close', () => {
      clearInterval(pinging);
      if (this.#stopped) return;
      events.status('gone', `no connection to ${this.#url}: ${why}`);
      this.#retry.again(() => this.#connect(events));
    });
  }

  #hear(text: string, arrival: Micros, events: SensorEvents): void {
    const { bootId } = this.#clock;
    if (text.trim() === 'lap') {
      events.edge({ bootId, at: arrival, uncertainty: deliveryError });
      return;
    }
    const said = Said.safeParse(json(text));
    // Nobody knows what it meant to say, so it may have been a pass.
    if (!said.success) {
      events.lost(1);
      return;
    }
    const message = said.data;
    const isNew = this.#wallClock === undefined;
    this.#wallClock ??= new WallClock(deliveryError);
    const { at, error, isStep } = this.#wallClock.place(message.timestamp * 1000, arrival);
    if (isNew || isStep) events.wallClock?.(this.#wallClock.steps);
    if (message.event !== 'lap') return;
    const missed = message.lapNumber - 1 - (this.#lastNumber ?? message.lapNumber - 1);
    if (missed > 0) events.lost(missed);
    this.#lastNumber = message.lapNumber;
    const uncertainty = Math.min(Number.MAX_SAFE_INTEGER, error + wholeMs) as Micros;
    events.edge({ bootId, at, uncertainty, sensor: message.gpio });
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
