import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { PitwallError } from '@pitwall/protocol';

const checkMs = 20;

/**
 * A radio link that can be lost: connections to the relay reach the target, and while `lost()` nothing passes either way,
 * though both ends still believe in their connection. What was under way arrives late.
 */
export class StallingRelay {
  readonly #target: { readonly host: string; readonly port: number };
  readonly #lost: () => boolean;
  readonly #sockets = new Set<Socket>();
  #server: Server | undefined;
  #timer: NodeJS.Timeout | undefined;
  #stalled = false;

  /** @throws PitwallError `config-invalid` for a link with TLS, whose certificate would not fit the relay. */
  constructor(url: string, lost: () => boolean) {
    const { protocol, hostname, port } = new URL(url);
    if (protocol !== 'mqtt:') {
      throw new PitwallError('config-invalid', `The fault lost-link wants a link by mqtt://, not ${protocol}//.`);
    }
    this.#target = { host: hostname.replace(/^\[|\]$/g, ''), port: port === '' ? 1883 : Number(port) };
    this.#lost = lost;
  }

  /** The URL that stands for the target's. */
  async start(): Promise<string> {
    const server = createServer((near) => this.#join(near));
    this.#server = server;
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject);
      server.listen(0, '127.0.0.1', resolve);
    });
    this.#timer = setInterval(() => this.#check(), checkMs);
    return `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  }

  async stop(): Promise<void> {
    clearInterval(this.#timer);
    for (const socket of this.#sockets) socket.destroy();
    const server = this.#server;
    this.#server = undefined;
    if (server !== undefined) await new Promise((resolve) => server.close(resolve));
  }

  #join(near: Socket): void {
    const far = connect(this.#target);
    for (const [from, to] of [
      [near, far],
      [far, near],
    ] as const) {
      this.#sockets.add(from);
      from.setNoDelay(true);
      from.on('data', (data) => to.write(data));
      from.on('error', () => from.destroy());
      from.on('close', () => {
        this.#sockets.delete(from);
        to.destroy();
      });
      if (this.#stalled) from.pause();
    }
  }

  #check(): void {
    const lost = this.#lost();
    if (lost === this.#stalled) return;
    this.#stalled = lost;
    for (const socket of this.#sockets) {
      if (lost) socket.pause();
      else socket.resume();
    }
  }
}
