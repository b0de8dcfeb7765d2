import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { drivetrainContract } from '../../../testing/drivetrain-contract.js';
import { SimulatedDrivetrain } from './drivetrain.js';
import type { Steered } from './messages.js';

const [degrees, speed] = [30, 4];

/** As the world's process does it: whoever comes writes lines, the last one stands. */
drivetrainContract('wires into a simulated world', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-wires-'));
  const socket = join(folder, 'wires');
  let steered: Steered | undefined;
  const sockets = new Set<Socket>();
  const server = createServer((wire) => {
    sockets.add(wire);
    wire.on('error', () => wire.destroy());
    createInterface({ input: wire }).on('line', (line) => {
      steered = JSON.parse(line) as Steered;
    });
  });
  server.listen(socket);
  await once(server, 'listening');
  const takeAway = () => {
    for (const wire of sockets) wire.destroy();
    server.close();
  };
  return {
    make: (events) => new SimulatedDrivetrain({ kind: 'simulated', socket, degrees, speed }, events),
    outputs: () =>
      steered === undefined
        ? undefined
        : { steering: steered.steeringDeg / degrees, throttle: steered.speedMps / speed },
    takeAway,
    stop: async () => {
      takeAway();
      rmSync(folder, { recursive: true, force: true });
    },
  };
});
