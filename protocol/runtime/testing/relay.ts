import { once } from 'node:events';
import { createConnection, createServer, type Socket } from 'node:net';

export interface Relay {
  readonly url: string;
  /** Ends every connection, as a lost network does. */
  cut(): void;
  /** Refuses new connections until told otherwise. */
  open: boolean;
  close(): void;
}

/** A relay in front of a broker, for tests, whose connections can be cut. */
export async function relay(target: () => string): Promise<Relay> {
  const sockets = new Set<Socket>();
  const server = createServer((near) => {
    if (!result.open) return void near.destroy();
    const far = createConnection(Number(new URL(target()).port), '127.0.0.1');
    for (const socket of [near, far]) {
      sockets.add(socket);
      socket.on('error', () => undefined);
      socket.once('close', () => {
        sockets.delete(socket);
        near.destroy();
        far.destroy();
      });
    }
    near.pipe(far).pipe(near);
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  const cut = () => {
    for (const socket of sockets) socket.destroy();
  };
  const result: Relay = {
    url: `mqtt://127.0.0.1:${port}`,
    cut,
    open: true,
    close: () => {
      cut();
      server.close();
    },
  };
  return result;
}
