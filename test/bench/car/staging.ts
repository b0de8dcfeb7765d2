import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDecoder } from '@pitwall/agent/hardware';
import { loadModel } from '@pitwall/agent/model';
import { ModelStore, Stager } from '@pitwall/agent/model-store';
import { cameraFrames, LoopRig } from '../../drive/loop-rig.js';
import { writeArchive } from '../../hardware/archive.js';
import { quantile, type Report } from '../report.js';

const rate = 30;
const seconds = 8;
const rounds = 5;

/**
 * The loop from frame to setpoint at 30 frames a second, alone and while archives are staged one after the other, in turns
 * of a few seconds, so that both see the same machine.
 */
export async function stagingFigures(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  const archive = join(folder, 'shallow.tar.gz');
  writeArchive(archive, 'shallow');
  const megabytes = statSync(archive).size / 1e6;
  const [{ policy, hash }, decoder, { mjpeg }] = await Promise.all([loadModel(archive), openDecoder(), cameraFrames()]);
  const store = new ModelStore(join(folder, 'models'), 2 ** 30);
  await store.start();
  const stager = new Stager({ folder: join(folder, 'models'), quota: 2 ** 30, onChange: () => {} });
  const rig = new LoopRig(decoder.decode, policy);
  await rig.start();
  const times: Record<'alone' | 'staging', number[]> = { alone: [], staging: [] };
  let [dropped, missed, staged, took] = [0, 0, 0, 0];
  const drive = async (how: 'alone' | 'staging') => {
    const { passed, dropped: left } = await rig.run('mjpeg', mjpeg, rate, rate * seconds);
    times[how].push(...passed.map(({ micros }) => micros / 1000));
    if (how === 'staging') {
      dropped += left;
      missed += rate * seconds - passed.length;
    }
  };
  try {
    await drive('alone');
    times.alone.length = 0;
    for (let round = 0; round < rounds; round++) {
      await drive('alone');
      let over = false;
      const staging = (async () => {
        while (!over) {
          const begun = performance.now();
          await stager.stage({ kind: 'file', path: archive });
          took += performance.now() - begun;
          staged += 1;
          await store.delete(hash);
        }
      })();
      await drive('staging');
      over = true;
      await staging;
    }
  } finally {
    rig.stop();
    await stager.stop();
    decoder.close();
    await policy.close();
    rmSync(folder, { recursive: true, force: true });
  }
  const name = `staging ${megabytes.toFixed(0)} MB archives`;
  report({
    figure: `${name}: frames missed`,
    value: missed,
    unit: 'frames',
    bar: '0',
    ok: missed === 0 && dropped === 0,
  });
  const [alone, beside] = [quantile(times.alone, 0.99), quantile(times.staging, 0.99)];
  report({
    figure: `${name}: frame to setpoint p99 of ${times.staging.length} frames`,
    value: beside,
    unit: 'ms',
    bar: '≤ 1.2 × alone',
    ok: beside <= 1.2 * alone,
    baseline: alone,
    ratio: beside / alone,
  });
  report({
    figure: `${name}: each, beside the driving (${staged})`,
    value: took / staged / 1000,
    unit: 's',
    bar: '≤ 60',
    ok: took / staged <= 60_000,
  });
}
