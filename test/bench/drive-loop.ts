import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDecoder } from '@pitwall/agent/hardware';
import { loadModel } from '@pitwall/agent/model';
import { now } from '@pitwall/runtime';
import { cameraFrames, LoopRig } from '../drive/loop-rig.js';
import { writeArchive } from '../hardware/archive.js';
import { openBareNetwork } from './bare-network.js';
import { quantile, type Report } from './report.js';

const seconds = Number(process.env.PITWALL_BENCH_SECONDS ?? 10);

async function timed(act: () => Promise<unknown> | unknown): Promise<number> {
  const begun = process.hrtime.bigint();
  await act();
  return Number(process.hrtime.bigint() - begun) / 1000;
}

/**
 * From a frame's last byte to its setpoint at the actuator process. The floor, in the same run and one after the other:
 * decoding alone, inference alone, one empty message to that process, each by its median.
 */
export async function run(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  const archive = join(folder, 'shallow.tar.gz');
  writeArchive(archive, 'shallow');
  const [{ policy }, decoder, frames] = await Promise.all([loadModel(archive), openDecoder(), cameraFrames()]);
  const bare = await openBareNetwork(
    archive,
    new Uint8Array(160 * 120).map((_, i) => i % 256),
  );
  const rig = new LoopRig(decoder.decode, policy);
  await rig.start();
  try {
    for (const format of ['mjpeg', 'yuyv'] as const) {
      const frame = { at: now(), format, width: 640, height: 480, data: frames[format] };
      // The same spacing as the camera's: caches and clocks of an idle core are part of the floor.
      for (const rate of [30, 60]) {
        const spaced = async (count: number, act: () => Promise<unknown> | unknown) => {
          const took: number[] = [];
          for (let i = 0; i < count; i++) {
            await new Promise((resolve) => setTimeout(resolve, 1000 / rate));
            took.push(await timed(act));
          }
          return quantile(took, 0.5);
        };
        const decode = await spaced(60, () => decoder.decode(frame));
        const inference = await spaced(60, () => bare.run());
        const hops: number[] = [];
        for (let i = 0; i < 60; i++) {
          await new Promise((resolve) => setTimeout(resolve, 1000 / rate));
          hops.push(await rig.hop());
        }
        const floor = (decode + inference + quantile(hops, 0.5)) / 1000;
        await rig.run(format, frames[format], rate, rate);
        const { passed } = await rig.run(format, frames[format], rate, rate * seconds);
        const took = passed.map(({ micros }) => micros / 1000);
        const name = `${format === 'mjpeg' ? 'MJPEG' : 'YUYV'} 640×480 at ${rate} Hz`;
        const of = (q: number, times: number) => {
          const value = quantile(took, q);
          report({
            figure: `${name}, frame to setpoint p${q * 100}`,
            value,
            unit: 'ms',
            bar: `≤ ${times} × floor`,
            ok: value <= times * floor,
            baseline: floor,
            ratio: value / floor,
          });
        };
        of(0.5, 1.5);
        of(0.99, 3);
      }
    }
  } finally {
    rig.stop();
    decoder.close();
    await bare.release();
    await policy.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
