import { constants, openSync } from 'node:fs';
import { Socket } from 'node:net';
import { watchPins } from '../dist/gate/gpio/edge-source.js';

// Stands in for onoff where there are no pins: every byte of a named pipe is an edge, '1' or '0'; an 'x' is its end.
watchPins({
  watch: (_pin, changed, failed) => {
    const path = process.env.PITWALL_TEST_PIPE;
    if (path === undefined) throw new Error('no pipe');
    // A socket waits by epoll, as onoff does; O_RDWR, so that the pipe does not end with its writer.
    const socket = new Socket({
      fd: openSync(path, constants.O_RDWR | constants.O_NONBLOCK),
      readable: true,
      writable: false,
    });
    socket.on('data', (data) => {
      for (const byte of data) {
        if (byte === 0x78) process.exit(3);
        changed(byte === 0x31 ? 1 : 0);
      }
    });
    socket.on('error', failed);
  },
});
