import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/**
 * A stand-in for DREM's timer program, by the rules of guidance-for-aws-deepracer-event-management, leaderboard-timer/timer.js:
 * `2023` (commit ec0c82d5): any change of either pin sends the word `lap`, then nothing for 3 s.
 * `2026` (commit ef6c8dd6, the same in v3.2.0): a greeting with its time on every connection; a rising edge sends JSON with
 * `Date.now()`, GPIO, and numbers since its start, and each GPIO is held off for 2 s by itself, by that same clock.
 */
export class DremTimer {
  /** Its wall clock, ms since 1970. */
  now: () => number = Date.now;
  readonly #version: 2023 | 2026;
  #server: WebSocketServer | undefined;
  #held: number | undefined;
  readonly #last = new Map<number, number>();
  readonly #counts = new Map<number, number>();
  #laps = 0;

  constructor(version: 2023 | 2026) {
    this.#version = version;
  }

  async start(port = 0): Promise<number> {
    const server = new WebSocketServer({ host: '127.0.0.1', port });
    this.#server = server;
    await once(server, 'listening');
    server.on('connection', (socket) => {
      if (this.#version === 2023) return;
      const serverInfo = {
        gpioLibrary: 'node-libgpiod',
        config: { gpio: { sensor1: 17, sensor2: 27, debounceMs: 2000 } },
      };
      socket.send(JSON.stringify({ event: 'connected', timestamp: this.now(), serverInfo }));
    });
    return (server.address() as AddressInfo).port;
  }

  stop(): void {
    for (const client of this.#server?.clients ?? []) client.terminate();
    this.#server?.close();
  }

  /** The strip at this GPIO is driven over. */
  strip(gpio: 17 | 27): void {
    const timestamp = this.now();
    if (this.#version === 2023) {
      if (this.#held !== undefined && performance.now() - this.#held < 3000) return;
      this.#held = performance.now();
      this.say('lap');
      return;
    }
    if (timestamp - (this.#last.get(gpio) ?? 0) < 2000) return;
    this.#last.set(gpio, timestamp);
    const sensorLapCount = (this.#counts.get(gpio) ?? 0) + 1;
    this.#counts.set(gpio, sensorLapCount);
    this.#laps += 1;
    this.say(JSON.stringify({ event: 'lap', timestamp, gpio, lapNumber: this.#laps, sensorLapCount }));
  }

  say(text: string): void {
    for (const client of this.#server?.clients ?? []) client.send(text);
  }
}
