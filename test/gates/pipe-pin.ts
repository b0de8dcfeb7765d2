import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { watchPins } from '@pitwall/controller/gate';

// Stands in for onoff where there are no pins: every byte of a named pipe is an edge, '1' or '0'.
watchPins({
  watch: (_pin, changed, failed) => {
    const path = process.env.PITWALL_BENCH_PIPE;
    if (path === undefined) throw new Error('no pipe');
    // A socket waits by epoll, as onoff does; O_RDWR, so that the pipe does not end with its writer.
    const socket = new Socket({
      fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK),
      readable: true,
      writable: false,
    });
    socket.on('data', (data) => {
      for (const byte of data) {
        changed(byte === 0x31 ? 1 : 0);
      }
    });
    socket.on('error', failed);
  },
});
