import { createReadStream } from 'node:fs';
import { watchPins } from '@pitwall/controller/gate';

// Stands in for onoff where there are no pins: every byte of a named pipe is an edge, '1' or '0'.
watchPins({
  watch: (_pin, changed, failed) => {
    const stream = createReadStream(process.env.PITWALL_BENCH_PIPE as string, { highWaterMark: 1 });
    stream.on('data', (data) => changed(data[0] === 0x31 ? 1 : 0));
    stream.on('error', failed);
  },
});
