import { once } from 'node:events';
import { connect, createServer } from 'node:net';

// Before each file of tests that act in real time: of so many files at once each has a place, and the next one waits until a process that
// had one is gone. A place is a name in Linux's abstract namespace (unix(7)): its process has it alone, and loses it with its last breath.
const places = Array.from(
  { length: Number(process.env.PITWALL_REAL_TIME ?? 1) },
  (_, place) => `\0pitwall-real-time-${process.ppid}-${place}`,
);

async function take(name: string): Promise<boolean> {
  const server = createServer().listen(name);
  try {
    await once(server, 'listening');
  } catch {
    return false;
  }
  server.unref();
  return true;
}

async function untilLeft(name: string, over: AbortSignal): Promise<void> {
  const socket = connect(name);
  try {
    await once(socket, 'close', { signal: over });
  } catch {
    // Nobody is there any more, or another place is free.
  }
  socket.destroy();
}

async function takeAny(): Promise<void> {
  for (;;) {
    for (const name of places) if (await take(name)) return;
    const over = new AbortController();
    await Promise.race(places.map((name) => untilLeft(name, over.signal)));
    over.abort();
  }
}

await takeAny();
