import type { Micros } from '@pitwall/protocol';
import { WebSocket } from 'ws';
import type { Clock } from '../../link/index.js';
import { Retry } from '../retry.js';
import type { Sensor, SensorEvents } from '../sensor.js';

/** The network between the timer and this machine: a wired one or the same machine. That the timer polls is in the profile. */
const deliveryError = 2000 as Micros;
const pingMs = 2000;
const longestMessage = 1024;

/** DREM's timer program: a WebSocket server that sends the word `lap` for every pass. Its arrival is the stamp. */
export class DremSensor implements Sensor {
  readonly #url: string;
  readonly #clock: Clock;
  #socket: WebSocket | undefined;
  readonly #retry = new Retry(200, 5000);
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
      this.#retry.worked();
      alive = true;
      events.status('ok', `connected to ${this.#url}`);
    });
    socket.on('message', (data) => {
      const at = this.#clock.now();
      alive = true;
      if (data.toString().trim() === 'lap') events.edge({ bootId: this.#clock.bootId, at, uncertainty: deliveryError });
      else events.lost(1);
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
}
