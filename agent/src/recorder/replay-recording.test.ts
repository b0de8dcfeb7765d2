import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Action, lidarInput, type ModelLidar } from '@pitwall/protocol/policy';
import { afterAll, expect, it } from 'vitest';
import { openPictureEncoder } from '../hardware/index.js';
import type { LoadedModel } from '../model/index.js';
import { channels, lidarRecord } from './channels.js';
import { McapFile } from './mcap-file.js';
import { replayRecording, steadiest } from './replay-recording.js';

const folder = mkdtempSync(join(tmpdir(), 'pitwall-replay-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const path = join(folder, 'recording.mcap');
const own = 'a'.repeat(64);

/** A model that looks at the first pixel alone. */
function model(name: string, hash: string, steer: (pixel: number) => number): LoadedModel {
  const decide = async ({ camera }: { camera: Uint8Array }) => {
    const action: Action = { steeringDeg: steer(camera[0]!), speedMps: 1 };
    return { action, output: Float32Array.of(action.steeringDeg / 3) };
  };
  return { name, hash, metadata: { camera: 'GREY' }, checkpoint: { path: name }, policy: { decide } } as never;
}
const straight = model('straight', 'b'.repeat(64), () => 0);
const left = model('left', own, (pixel) => pixel / 10);
const nervous = model('nervous', 'c'.repeat(64), (pixel) => (pixel % 2 === 0 ? 15 : -15));

/** Twelve frames a tenth of a second apart, then one that nobody decided on; brighter and brighter. */
async function record(): Promise<void> {
  const encoder = await openPictureEncoder('png');
  const file = await McapFile.create(path, {});
  for (let number = 0; number < 13; number += 1) {
    const plane = new Uint8Array(160 * 120).fill(number);
    const at = 1_000_000_000_000n + BigInt(number) * 100_000_000n;
    const add = (channel: (typeof channels)['camera' | 'decision'], message: object) =>
      file.add(channel, at, Buffer.from(JSON.stringify({ timestamp: { sec: 0, nsec: 0 }, ...message })));
    const data = Buffer.from(encoder.encode(plane).data).toString('base64');
    add(channels.camera, { frame_id: 'camera', format: 'png', data });
    if (number === 12) continue;
    const { action, output } = await left.policy.decide({ camera: plane });
    add(channels.decision, { model: own, ...action, output: [...output] });
  }
  await file.close();
}

it('shows where other models would have decided otherwise, and that the same one does not', async () => {
  await record();
  const [same, other, worst] = await replayRecording(path, [left, straight, nervous]);
  expect(same).toMatchObject({ frames: 13, compared: 12, otherwise: 0, places: [] });
  expect(same?.same).toEqual({ frames: 12, identical: 12, moved: 0 });
  // The recording steers 0.1° more with each frame: from the eleventh on that is a degree.
  expect(other).toMatchObject({ compared: 12, otherwise: 2, same: null });
  expect(other?.places).toEqual([
    {
      ...{ from: 1, to: 1.1, frames: 2 },
      recorded: { steeringDeg: 1.1, speedMps: 1 },
      decided: { steeringDeg: 0, speedMps: 1 },
    },
  ]);
  expect(other?.steadiness).toEqual({ changeDeg: 0, turnsBack: 0 });
  expect(worst?.steadiness.changeDeg).toBeCloseTo(30, 6);
  expect(worst?.steadiness.turnsBack).toBeCloseTo(11 / 1.2, 6);
  expect(steadiest([worst!, same!, other!]).map(({ model: { name } }) => name)).toEqual([
    'straight',
    'left',
    'nervous',
  ]);
});

it('gives the lidar’s turn back as it was: a model that was trained with either zero sees of it what it saw on the car', async () => {
  const scan = Array.from({ length: 24 }, (_, i) => {
    const angleDeg = i * 15 - 180;
    return { angleDeg, distance: i % 5 === 0 ? Number.POSITIVE_INFINITY : 0.15 + i / 30 };
  });
  const models = (['rear', 'front'] as const).map((zero) => {
    const config = {
      ...{ values: 8, sectors: 8, minAngleDeg: -150, maxAngleDeg: 150 },
      ...{ minDistance: 0.15, maxDistance: 1, clippingDistance: 0.7 },
    };
    const lidar: ModelLidar = { sensor: 'LIDAR', config, zero };
    const output = lidarInput(scan, lidar);
    const seen = {
      ...model(zero, zero, () => 0),
      hash: zero,
      metadata: { camera: 'FRONT_FACING_CAMERA', lidar },
      policy: {
        decide: async ({ lidar: numbers }: { lidar: Float32Array }) => ({
          action: { steeringDeg: 0, speedMps: 1 },
          output: numbers,
        }),
      },
    } as never as LoadedModel;
    return { zero, output, seen };
  });
  expect(models[0]?.output).not.toEqual(models[1]?.output);
  for (const { zero, output, seen } of models) {
    const path = join(folder, `lidar-${zero}.mcap`);
    const encoder = await openPictureEncoder('png');
    const file = await McapFile.create(path, {});
    const add = (channel: (typeof channels)[keyof typeof channels], message: object) =>
      file.add(channel, 1n, Buffer.from(JSON.stringify({ timestamp: { sec: 0, nsec: 0 }, ...message })));
    const data = Buffer.from(encoder.encode(new Uint8Array(160 * 120)).data).toString('base64');
    add(channels.camera, { frame_id: 'camera', format: 'png', data });
    add(channels.lidar, lidarRecord(scan));
    add(channels.decision, { model: zero, steeringDeg: 0, speedMps: 1, output: [...output] });
    await file.close();
    expect(await replayRecording(path, [seen])).toMatchObject([{ same: { frames: 1, identical: 1, moved: 0 } }]);
  }
});

it('shows a model both pictures and the lidar as they were, and passes over what is damaged', async () => {
  const encoder = await openPictureEncoder('png');
  const both = join(folder, 'both.mcap');
  const file = await McapFile.create(both, {});
  const add = (channel: (typeof channels)[keyof typeof channels], at: number, message: object) =>
    file.add(channel, BigInt(at), Buffer.from(JSON.stringify({ timestamp: { sec: 0, nsec: 0 }, ...message })));
  const picture = (value: number) => ({
    ...{ frame_id: 'camera', format: 'png' },
    data: Buffer.from(encoder.encode(new Uint8Array(160 * 120).fill(value)).data).toString('base64'),
  });
  add(channels.camera, 1, picture(30));
  add(channels.right, 1, picture(7));
  add(channels.lidar, 1, { values: [0.25, 1.5] });
  add(channels.decision, 1, { model: own, steeringDeg: 0, speedMps: 1, output: [30, 7, 0.25, 1.5] });
  add(channels.camera, 2, { frame_id: 'camera', format: 'jpeg', data: 'AAAA' });
  await file.close();
  const sees = {
    ...model('sees', own, () => 0),
    metadata: {
      camera: 'STEREO_CAMERAS',
      lidar: { sensor: 'LIDAR', config: { values: 2, maxDistance: 1, clippingDistance: 1 } },
    },
    policy: {
      decide: async ({ camera, lidar }: { camera: Uint8Array; lidar: Float32Array }) => ({
        action: { steeringDeg: 0, speedMps: 1 },
        output: Float32Array.of(camera[0]!, camera[1]!, ...lidar),
      }),
    },
  } as never as LoadedModel;
  const [replayed] = await replayRecording(both, [sees]);
  expect(replayed).toMatchObject({ frames: 1, same: { frames: 1, identical: 1, moved: 0 } });
});
