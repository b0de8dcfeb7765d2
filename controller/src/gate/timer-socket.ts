import type { Micros } from '@pitwall/protocol';
import { type Clock, Retry } from '@pitwall/runtime';
import { WebSocket } from 'ws';
import type { SensorEvents } from './sensor.js';

const pingMs = 2000;
const longestMessage = 1024;

/** The WebSocket of a timer program, connected again whenever it is gone. */
export class TimerSocket {
  readonly #url: string;
  readonly #clock: Clock;
  readonly #retry = new Retry({ firstMs: 200, mostMs: 5000 });
  #socket: WebSocket | undefined;
  #stopped = true;

  constructor(url: string, clock: Clock) {
    this.#url = url;
    this.#clock = clock;
  }

  /** @param hear each message, and when it came */
  start(events: SensorEvents, hear: (text: string, arrival: Micros) => void): void {
    this.#stopped = false;
    this.#connect(events, hear);
  }

  stop(): void {
    this.#stopped = true;
    this.#retry.stop();
    this.#socket?.terminate();
  }

  send(text: string): void {
    if (this.#socket?.readyState === WebSocket.OPEN) this.#socket.send(text);
  }

  #connect(events: SensorEvents, hear: (text: string, arrival: Micros) => void): void {
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
      const arrival = this.#clock.now();
      alive = true;
      hear(data.toString(), arrival);
    });
    socket.on('error', (error) => {
      why = error.message;
    });
    socket.once('close', () => {
      clearInterval(pinging);
      if (this.#stopped) return;
      events.status('gone', `no connection to ${this.#url}: ${why}`);
      this.#retry.again(() => this.#connect(events, hear));
    });
  }
}
