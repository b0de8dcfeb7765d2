import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { type ChannelName, channels } from './channels.js';
import { McapFile } from './mcap-file.js';
import { readMeasuringRun } from './measuring-run.js';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-measuring-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

it('finds setpoints, yaw rates and crossings of a recording, in seconds', async () => {
  const path = join(folder, 'run.mcap');
  const file = await McapFile.create(path, { car: 'red' });
  const add = (name: ChannelName, seconds: number, message: object) => {
    const at = 1_700_000_000_000_000_000n + BigInt(seconds * 1e9);
    file.add(channels[name], at, Buffer.from(JSON.stringify({ timestamp: { sec: 0, nsec: 0 }, ...message })));
  };
  const crossing = { gate: 'line', bootId: 'b', seq: 0, uncertainty: 40 };
  add('setpoint', 0, { steering: 0.5, throttle: 0.3, holds: 150_000 });
  add('motion', 0.5, { x: 0, y: 0, z: 1, turnX: 0, turnY: 0, turnZ: 33 });
  add('motion', 0.6, { x: 0, y: 0, z: 1 });
  add('crossing', 1, { ...crossing, at: 2_000_000 });
  add('crossing', 2.5, { ...crossing, bootId: 'another', at: 100 });
  await file.close();
  expect(await readMeasuringRun(path)).toEqual({
    setpoints: [{ at: 0, steering: 0.5, throttle: 0.3 }],
    turns: [{ at: 0.5, left: 33 }],
    crossings: [
      { at: 1, gate: 'line b', stamp: 2 },
      { at: 2.5, gate: 'line another', stamp: 0.0001 },
    ],
  });
});
