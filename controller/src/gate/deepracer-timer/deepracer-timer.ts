import type { Micros } from '@pitwall/protocol';
import type { Clock } from '@pitwall/runtime';
import type { Sensor, SensorEvents } from '../sensor.js';
import { TimerSocket } from '../timer-socket.js';

/** The network between the timer and this machine: a wired one or the same machine. */
const deliveryError = 2000 as Micros;
/** The server closes a connection that said nothing for its pingInterval and pingTimeout, 25 and 5 s (engine.io 3, server.js). */
const keepAliveMs = 10_000;

/**
 * The community's timer (github.com/nalbam/deepracer-timer, server.js), a Socket.IO 2 server: both edges of both its pins are the
 * event `timer` with `passed`, which is stamped when it arrives; the keys of its page (`start`, `pause`, …) are the same event
 * with another word. Engine.IO 3 and Socket.IO 4 on the wire (socketio/engine.io-protocol v3, socket.io-protocol v4): `0{…}` opens,
 * `40` connects, `42[name, word]` is an event, the client asks `2` and the server answers `3`.
 */
export class DeepracerTimerSensor implements Sensor {
  readonly #socket: TimerSocket;
  readonly #clock: Clock;
  #keepAlive: NodeJS.Timeout | undefined;

  /** @param url of the server, `ws://timer.local:3000` */
  constructor(url: string, clock: Clock) {
    this.#socket = new TimerSocket(new URL('/socket.io/?EIO=3&transport=websocket', url).href, clock);
    this.#clock = clock;
  }

  async start(events: SensorEvents): Promise<void> {
    this.#socket.start(events, (text, arrival) => this.#hear(text, arrival, events));
    this.#keepAlive = setInterval(() => this.#socket.send('2'), keepAliveMs);
  }

  async stop(): Promise<void> {
    clearInterval(this.#keepAlive);
    this.#socket.stop();
  }

  #hear(text: string, arrival: Micros, events: SensorEvents): void {
    // Opened, connected, an answer to our question, nothing.
    if (/^(0|40|3|6)/.test(text)) return;
    const said = eventOf(text);
    // Nobody knows what it meant to say, so it may have been a pass.
    if (said === undefined) events.lost(1);
    else if (said.name === 'timer' && said.word === 'passed')
      events.edge({ bootId: this.#clock.bootId, at: arrival, uncertainty: deliveryError });
  }
}

function eventOf(text: string): { readonly name: unknown; readonly word: unknown } | undefined {
  if (!text.startsWith('42')) return undefined;
  try {
    const said: unknown = JSON.parse(text.slice(2));
    return Array.isArray(said) ? { name: said[0], word: said[1] } : undefined;
  } catch {
    return undefined;
  }
}
