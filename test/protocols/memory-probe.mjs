// Brought into a controller's process by --import: says on request what memory it has in use, after it has collected what it has not.
import { isMainThread } from 'node:worker_threads';

if (isMainThread && process.channel !== undefined) {
  process.on('message', () => {
    for (let time = 0; time < 3; time += 1) globalThis.gc();
    const { heapUsed, external, rss } = process.memoryUsage();
    process.send({ used: heapUsed + external, rss });
  });
  process.channel.unref();
}
