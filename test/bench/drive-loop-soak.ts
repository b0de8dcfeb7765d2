import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openDecoder } from '@pitwall/agent/hardware';
import { loadModel } from '@pitwall/agent/model';
import { topics } from '@pitwall/protocol/messages';
import mqtt from 'mqtt';
import sharp from 'sharp';
import { cameraFrames, LoopRig } from '../drive/loop-rig.js';
import { TrackSide } from '../drive/track-side.js';
import { writeArchive } from '../hardware/archive.js';
import { quantile, type Report } from './report.js';

const rate = 30;
const seconds = Number(process.env.PITWALL_BENCH_SECONDS ?? 600);

/**
 * Ten minutes of frames in one process with what else an agent does: every frame to a file and 100 samples a second
 * beside it, telemetry ten times a second and a preview five times a second over MQTT. No frame may be missed.
 */
export async function run(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  const archive = join(folder, 'shallow.tar.gz');
  writeArchive(archive, 'shallow');
  const [{ policy }, decoder, { mjpeg }] = await Promise.all([loadModel(archive), openDecoder(), cameraFrames()]);
  const track = new TrackSide();
  await track.start();
  const client = mqtt.connect(`mqtt://127.0.0.1:${track.port}`, { protocolVersion: 4, clientId: 'track-soak' });
  await new Promise<void>((resolve) => client.once('connect', () => resolve()));
  const rig = new LoopRig(decoder.decode, policy);
  await rig.start();
  const record = createWriteStream(join(folder, 'record'));
  const beside = [
    setInterval(() => record.write(mjpeg), 1000 / rate),
    setInterval(() => record.write(`${JSON.stringify({ at: performance.now(), x: 1, y: 2, yaw: 3 })}\n`), 10),
    setInterval(() => {
      const telemetry = {
        framesPerSecond: rate,
        droppedFrames: 0,
        pose: { x: 1, y: 2, yaw: 3 },
        at: performance.now(),
      };
      client.publish('soak/telemetry', JSON.stringify(telemetry));
    }, 100),
    setInterval(() => {
      void sharp(mjpeg)
        .resize(320)
        .jpeg({ quality: 60 })
        .toBuffer()
        .then((picture) => client.publish(topics.car(track.car, 'preview'), picture));
    }, 200),
  ];
  try {
    await rig.run('mjpeg', mjpeg, rate, rate);
    const { passed } = await rig.run('mjpeg', mjpeg, rate, rate * seconds);
    const missed = rate * seconds - passed.length;
    const took = passed.map(({ micros }) => micros / 1000);
    report({
      figure: `${seconds} s at ${rate} Hz, missed frames`,
      value: missed,
      unit: '',
      bar: '= 0',
      ok: missed === 0,
    });
    const p99 = quantile(took, 0.99);
    report({ figure: 'frame to setpoint p99 beside the load', value: p99, unit: 'ms', bar: '≤ 33', ok: p99 <= 33 });
    const worst = Math.max(...took);
    report({ figure: 'the slowest frame', value: worst, unit: 'ms', bar: 'stated', ok: true });
  } finally {
    for (const one of beside) clearInterval(one);
    await new Promise((resolve) => record.end(resolve));
    client.end(true);
    await track.stop();
    rig.stop();
    decoder.close();
    await policy.close();
    rmSync(folder, { recursive: true, force: true });
  }
}
