import { connect, createServer, type Server, type Socket } from 'node:net';

/**
 * A network that misbehaves, between a controller and a leaderboard: connections are refused, delayed, reset before or
 * after the request arrived, and requests arrive twice. `random` is 0 to 1.
 */
export class BadNetwork {
  /** What was done, by kind. */
  readonly done: Record<string, number> = {};
  readonly #server: Server;
  readonly #sockets = new Set<Socket>();
  readonly #random: () => number;
  #good = false;

  constructor(target: { readonly port: number }, random: () => number) {
    this.#random = random;
    this.#server = createServer((socket) => this.#carry(socket, target.port));
  }

  async start(): Promise<number> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return (this.#server.address() as { port: number }).port;
  }

  /** From now on everything gets through. */
  recover(): void {
    this.#good = true;
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #carry(socket: Socket, port: number): void {
    this.#keep(socket);
    if (this.#hits('refused', 0.1)) return void socket.resetAndDestroy();
    const upstream = this.#keep(connect(port, '127.0.0.1'));
    socket.on('data', (data) => {
      const pass = () => {
        if (this.#hits('lost', 0.02)) return void socket.resetAndDestroy();
        upstream.write(data);
        // A whole request in one piece, again on a connection of its own, whose answer nobody hears.
        if (data.subarray(0, 4).toString() === 'POST' && this.#hits('repeated', 0.05)) {
          const again = this.#keep(connect(port, '127.0.0.1'));
          again.on('data', () => again.destroy());
          again.write(data);
        }
        // The leaderboard gets it; the controller never hears so.
        if (this.#hits('cut after sending', 0.02)) setImmediate(() => socket.resetAndDestroy());
      };
      if (this.#hits('delayed', 0.02)) setTimeout(pass, this.#random() * 50);
      else pass();
    });
    upstream.on('data', (data) => socket.write(data));
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  }

  #hits(kind: string, chance: number): boolean {
    if (this.#good || this.#random() >= chance) return false;
    this.done[kind] = (this.done[kind] ?? 0) + 1;
    return true;
  }

  #keep(socket: Socket): Socket {
    this.#sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => this.#sockets.delete(socket));
    return socket;
  }
}
