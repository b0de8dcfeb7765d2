import { fork } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { Report } from '../report.js';
import type { Measured } from './recorder-process.js';

const rate = 30;

/** The recorder with everything on, in a process of its own, at 30 frames a second: what it adds to one without it. */
export async function recorderFigures(report: Report): Promise<void> {
  const { memory: resting } = await measure('none');
  for (const camera of ['grey', 'mjpeg'] as const) {
    const measured = await measure(camera);
    const name =
      camera === 'grey' ? 'recorder, raw camera (encodes 160×120)' : 'recorder, JPEG camera (640×480 as it comes)';
    const share = (measured.withRecorder - measured.without) * rate * 100;
    report({
      figure: `${name}: processor time at ${rate} frames/s`,
      value: share,
      unit: '% of a core',
      bar: '≤ 5',
      ok: share <= 5,
      baseline: measured.without * rate * 100,
      ratio: measured.withRecorder / measured.without,
    });
    report({
      figure: `${name}: memory`,
      value: (measured.memory - resting) / 2 ** 20,
      unit: 'MB',
      bar: '≤ 60',
      ok: measured.memory - resting <= 60 * 2 ** 20,
      baseline: resting / 2 ** 20,
      ratio: measured.memory / resting,
    });
    report({
      figure: `${name}: 10 minutes read back, messages missing`,
      value: measured.given - measured.readBack,
      unit: `of ${measured.given}`,
      bar: '= 0',
      ok: measured.given === measured.readBack && measured.given > 10 * 60 * rate,
    });
    report({
      figure: `${name}: 10 minutes on disk`,
      value: measured.bytes / 2 ** 20,
      unit: 'MB',
      bar: 'none',
      ok: true,
    });
  }
}

async function measure(camera: 'none' | 'grey' | 'mjpeg'): Promise<Measured> {
  const child = fork(fileURLToPath(new URL('./recorder-process.js', import.meta.url)), [camera], { execArgv: [] });
  const [measured] = (await once(child, 'message')) as [Measured];
  return measured;
}
