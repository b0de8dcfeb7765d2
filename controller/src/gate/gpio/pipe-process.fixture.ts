import { createReadStream } from 'node:fs';
import { watchPins } from './edge-source.js';

// Stands in for onoff where there are no pins: every byte of a named pipe is an edge, '1' or '0'; an 'x' is its end.
watchPins({
  watch: (_pin, changed, failed) => {
    const path = process.env.PITWALL_TEST_PIPE;
    if (path === undefined) throw new Error('no pipe');
    const stream = createReadStream(path, { highWaterMark: 1 });
    stream.on('data', (data) => {
      if (data[0] === 0x78) process.exit(3);
      changed(data[0] === 0x31 ? 1 : 0);
    });
    stream.on('error', failed);
  },
});
