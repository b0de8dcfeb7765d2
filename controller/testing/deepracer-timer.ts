import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { WebSocketServer } from 'ws';

/**
 * A stand-in for the community's deepracer-timer (github.com/nalbam/deepracer-timer, server.js) on Socket.IO 2: Engine.IO 3 over a
 * WebSocket at /socket.io/, refused without `EIO=3` and the transport; an open packet and a connect, events as `42[…]`, a ping answered.
 */
export class DeepracerTimer {
  #server: WebSocketServer | undefined;
  #isConnected: () => void = () => {};
  /** Somebody listens. */
  readonly connected = new Promise<void>((resolve) => {
    this.#isConnected = resolve;
  });

  async start(port = 0): Promise<number> {
    const server = new WebSocketServer({ host: '127.0.0.1', port, path: '/socket.io/' });
    this.#server = server;
    await once(server, 'listening');
    server.on('connection', (socket, { url = '' }) => {
      const asked = new URL(url, 'ws://timer').searchParams;
      if (asked.get('EIO') !== '3' || asked.get('transport') !== 'websocket') {
        socket.close();
        return;
      }
      socket.send(`0${JSON.stringify({ sid: 'a', upgrades: [], pingInterval: 25_000, pingTimeout: 5000 })}`);
      socket.send('40');
      socket.on('message', (data) => {
        if (data.toString() === '2') socket.send('3');
      });
      this.#isConnected();
    });
    return (server.address() as AddressInfo).port;
  }

  stop(): void {
    for (const client of this.#server?.clients ?? []) client.terminate();
    this.#server?.close();
  }

  /** An edge at one of its pins. */
  changes(): void {
    this.says('passed');
  }

  says(word: string): void {
    this.raw(`42${JSON.stringify(['timer', word])}`);
  }

  raw(text: string): void {
    for (const client of this.#server?.clients ?? []) client.send(text);
  }
}
