import { connect } from 'node:net';

/** An answer that never comes is a hang. */
const patienceMs = 60_000;

/**
 * Writes these bytes to a port of this machine and hangs up; resolves to what came until the other side had hung up, too.
 * @throws where it does not
 */
export function exchange(port: number, bytes: Uint8Array): Promise<string> {
  return new Promise((resolve, reject) => {
    const parts: Buffer[] = [];
    const socket = connect(port, '127.0.0.1');
    const late = setTimeout(() => {
      reject(new Error(`no end after ${patienceMs} ms of ${Buffer.from(bytes).toString('latin1').slice(0, 500)}`));
      socket.destroy();
    }, patienceMs);
    socket.on('data', (part) => {
      if (parts.length < 8) parts.push(part);
    });
    // Cut off in the middle of what it wrote: that is an answer.
    socket.on('error', () => undefined);
    socket.once('close', () => {
      clearTimeout(late);
      resolve(Buffer.concat(parts).toString('latin1'));
    });
    socket.end(bytes);
  });
}

/** Runs `send` for 0 to `count` − 1, so many at a time. */
export async function inParallel(count: number, at: number, send: (index: number) => Promise<void>): Promise<void> {
  let next = 0;
  const lane = async () => {
    while (next < count) await send(next++);
  };
  await Promise.all(Array.from({ length: at }, lane));
}
