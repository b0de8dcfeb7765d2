import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RcReceiver } from '@pitwall/agent/hardware';
import { ReceiverProfile } from '@pitwall/firmware-config';
import { describe, it } from 'vitest';
import { SerialCable, socat } from './serial-cable.js';

const bytes = (hex: string) => Buffer.from(hex.replaceAll(' ', ''), 'hex');
/** Frames of others: bmellink/IBusBM (channel 6 is 2000), zklapow/sbus (channel 3 is 1100 µs). */
const frames = {
  ibus: bytes('20 40 DB 05 DC 05 54 05 DC 05 E8 03 D0 07 D2 05 E8 03 DC 05 DC 05 DC 05 DC 05 DC 05 DC 05 DA F3'),
  sbus: bytes('0F E0 03 1F 58 C0 07 16 B0 80 05 2C 60 01 0B F8 C0 07 00 00 00 00 00 03 00'),
};

describe.runIf(existsSync(socat) || process.env.CI === 'true')('a radio receiver at a serial port', () => {
  it.each([
    ['ibus', { channel: 6, high: true }],
    ['sbus', { channel: 3, high: false }],
  ] as const)('%s: a kill that it says stops the car', async (kind, kill) => {
    const folder = mkdtempSync(join(tmpdir(), 'pitwall-receiver-'));
    let line: Socket | undefined;
    const server = createServer((socket) => {
      line = socket.on('error', () => socket.destroy());
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const cable = new SerialCable(join(folder, 'port'));
    await cable.plug((server.address() as { port: number }).port);
    const speaking = setInterval(() => line?.write(frames[kind]), 10);
    // Its clock stands: it misses nothing, so that a stop can only be one that was heard.
    const receiver = new RcReceiver(ReceiverProfile.parse({ kind, port: cable.port, kill }), { now: () => 0 });
    try {
      await new Promise<void>((resolve) =>
        receiver.start({ drive: () => {}, command: () => {}, emergency: () => resolve() }),
      );
    } finally {
      receiver.stop();
      clearInterval(speaking);
      await cable.unplug();
      line?.destroy();
      server.close();
      rmSync(folder, { recursive: true, force: true });
    }
  });
});
