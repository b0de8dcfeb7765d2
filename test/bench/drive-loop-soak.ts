import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openDecoder } from '@pitwall/agent/hardware';
import { loadModel } from '@pitwall/agent/model';
import { type RecordingContents, readRecording } from '@pitwall/agent/recorder';
import { World } from '@pitwall/agent/simulator';
import { parseTrack } from '@pitwall/protocol/track';
import sharp from 'sharp';
import { Agent } from '../drive/agent.js';
import { SysfsRig } from '../drive/rigs.js';
import { SteeringWatch } from '../drive/steering-watch.js';
import { TrackClient } from '../drive/track-client.js';
import { quantile, type Report } from './report.js';

const rate = 30;
const seconds = Number(process.env.PITWALL_BENCH_SECONDS ?? 600);
/** The preview is asked for again so often, in s. */
const renewed = 5;
const model = fileURLToPath(new URL('../../../agent/models/sample.tar.gz', import.meta.url));
const oval = fileURLToPath(import.meta.resolve('@pitwall/protocol/tracks/oval.json'));

/**
 * Ten minutes of the real agent at a camera of 640×480 JPEG, 30 a second, with its recorder, its telemetry and a preview
 * that somebody watches. The pictures make it steer left and right in turn, so that each frame shows at the servo's output.
 */
export async function run(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  const pictures = join(folder, 'pictures.mjpeg');
  writeFileSync(pictures, await leftAndRight());
  const rig = new SysfsRig();
  const servo = new SteeringWatch(rig);
  const track = new TrackClient();
  await track.start();
  const agent = new Agent({
    track,
    model,
    profile: profileOf(rig, pictures),
    over: {
      driving: { limit: 0 },
      recorder: { folder: join(folder, 'recordings'), size: 4096 },
    },
  });
  agent.start();
  try {
    await track.until('telemetry', ({ action }) => action !== null);
    servo.start();
    const reply = await track.arm();
    if (reply.outcome !== 'done') throw new Error(`the car cannot be armed: ${reply.message}`);
    await track.command({ type: 'start' });
    let [previews, dropped] = [0, 0];
    track.mark();
    for (let left = seconds; left > 0; left -= renewed) {
      track.give({ type: 'preview', rate: 15, seconds: 2 * renewed });
      await pause(Math.min(left, renewed) * 1000);
      const since = track.takeHeard();
      previews += since.filter(({ channel }) => channel === 'preview').length;
      for (const { channel, message } of since)
        if (channel === 'telemetry') dropped += message.droppedFrames + (message.recorder?.dropped ?? 0);
    }
    const { safety } = await track.command({ type: 'stop' });
    await servo.stop();
    if (safety !== 'stopping' && safety !== 'stopped')
      throw new Error(`the car did not drive to the end: ${safety}\n${agent.output.slice(-2000)}`);
    await agent.end();
    const { frames, latencies, damaged } = await ledger(join(folder, 'recordings'));
    const missed = frames.filter(({ at, left }, i) => !servo.turned(left, at, frames[i + 2]?.at)).length;
    const enough = frames.length >= 0.97 * rate * seconds;
    const told = (figure: string, value: number, unit: string, bar: string, ok: boolean) =>
      report({ figure, value, unit, bar, ok });
    told(`${seconds} s at ${rate} Hz, frames of the camera`, frames.length, '', '≥ 97 %', enough);
    told('frames that never showed at the servo', missed, '', '= 0', missed === 0);
    told('frames dropped by the loop or the recorder', dropped, '', '= 0', dropped === 0);
    const p99 = quantile(latencies, 0.99);
    told('frame to setpoint p99 in the agent', p99, 'ms', '≤ 33', p99 <= 33);
    told('the slowest frame', Math.max(...latencies), 'ms', 'stated', true);
    told('recordings that do not read back whole', damaged, '', '= 0', damaged === 0);
    const shown = previews / seconds;
    told('previews a second', shown, '', '≥ 13', shown >= 13);
  } finally {
    await servo.stop();
    await agent.stop();
    await track.stop();
    await rig.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

interface DrivenFrame {
  /** µs of the car's clock. */
  readonly at: number;
  /** Which way the model steered. */
  readonly left: boolean;
}

/** What the black box has of the time in which the car drove. */
async function ledger(folder: string): Promise<{ frames: DrivenFrame[]; latencies: number[]; damaged: number }> {
  const frames: DrivenFrame[] = [];
  const latencies: number[] = [];
  let [damaged, drives] = [0, false];
  for (const name of readdirSync(folder).sort()) {
    const reading: RecordingContents = { about: {}, schemas: new Map(), whole: false };
    let pictures = 0;
    for await (const { topic, at, data } of readRecording(join(folder, name), reading)) {
      if (topic === '/camera') pictures += 1;
      if (topic !== '/state' && topic !== '/decision' && topic !== '/latency') continue;
      const message = JSON.parse(Buffer.from(data).toString('utf8'));
      if (topic === '/state') drives = message.safety === 'driving';
      else if (topic === '/latency' && drives)
        latencies.push((message.age + message.decode + message.inference + message.act) / 1000);
      else if (topic === '/decision') {
        pictures -= 1;
        if (drives)
          frames.push({ at: Number(at / 1000n) - Number(reading.about.offset), left: message.steeringDeg > 0 });
      }
    }
    // Each decision lies beside its picture.
    if (!reading.whole || pictures !== 0) damaged += 1;
  }
  return { frames, latencies, damaged };
}

/** Ten seconds of JPEGs at which the sample model steers left, right, left … */
async function leftAndRight(): Promise<Buffer> {
  const [{ policy }, decoder] = await Promise.all([loadModel(model), openDecoder()]);
  const track = parseTrack(readFileSync(oval, 'utf8'), 'the oval');
  const world = new World({ track });
  const [width, height] = [640, 480];
  const found: { left?: Buffer; right?: Buffer } = {};
  for (let offset = -0.4; offset <= 0.4; offset += 0.1) {
    for (let along = 0; along < track.lengthM && !(found.left && found.right); along += track.lengthM / 20) {
      world.place(world.startPose(along, offset));
      const colours = new Uint8Array(width * height * 3);
      world.renderColour(colours);
      const data = await sharp(colours, { raw: { width, height, channels: 3 } })
        .jpeg({ quality: 85 })
        .toBuffer();
      const camera = await decoder.decode({ at: 0 as never, format: 'mjpeg', width, height, data });
      const { steeringDeg } = (await policy.decide({ camera })).action;
      if (steeringDeg > 5) found.left ??= data;
      if (steeringDeg < -5) found.right ??= data;
    }
  }
  decoder.close();
  await policy.close();
  if (found.left === undefined || found.right === undefined) throw new Error('the sample model never turns both ways');
  const pair = Buffer.concat([found.left, found.right]);
  return Buffer.concat(Array.from({ length: (10 * rate) / 2 }, () => pair));
}

const profileOf = (rig: SysfsRig, pictures: string): string =>
  `${JSON.stringify(
    {
      schema: 1,
      name: 'soak',
      description: 'A car whose servo is watched.',
      calibrated: true,
      drivetrain: rig.drivetrain,
      mapping: { kind: 'stock' },
      camera: { kind: 'file', path: pictures, rate },
      rest: 50,
    },
    null,
    1,
  )}\n`;
