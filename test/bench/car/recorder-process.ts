/**
 * Feeds a recorder as a driving car does, first in real time, then ten minutes' worth as fast as the disk takes it. Or
 * nobody (`none`): what the same process takes without a recorder.
 */

import { mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate as turn, setTimeout as wait } from 'node:timers/promises';
import type { CarSnapshot, ProcessedFrame } from '@pitwall/agent/driving';
import { openDecoder, openPictureEncoder } from '@pitwall/agent/hardware';
import { now } from '@pitwall/runtime';
import '@pitwall/agent/model';
import type { Recorder } from '@pitwall/agent/recorder';
import { CarId, type Micros } from '@pitwall/protocol';
import { cameraFrames } from '../../drive/loop-rig.js';

export interface Measured {
  /** Processor time of a frame in seconds, all threads. */
  readonly without: number;
  readonly withRecorder: number;
  /** The most that the process had, bytes. */
  readonly memory: number;
  /** Messages of the ten minutes. */
  readonly given: number;
  readonly readBack: number;
  readonly bytes: number;
}

const rate = 30;
const seconds = Number(process.env.PITWALL_BENCH_SECONDS ?? 10);
const camera = process.argv[2];
const format = camera === 'mjpeg' ? 'mjpeg' : 'grey';
const car = CarId.parse('red');
const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
const [encoder, decoder, { mjpeg }] = await Promise.all([openPictureEncoder('jpeg'), openDecoder(), cameraFrames()]);
const plane = Uint8Array.from(
  await decoder.decode({ at: now(), format: 'mjpeg', width: 640, height: 480, data: mjpeg }),
);
// A camera's noise: what a picture's size, and the time to make it, depend on.
const planes = Array.from({ length: 20 }, () => plane.map((value) => value + Math.floor(Math.random() * 8)));
const output = Float32Array.from({ length: 10 }, () => Math.random());
const state: CarSnapshot = {
  ...{ safety: 'driving', reason: null, manual: false, flag: 'green' },
  model: { hash: 'a'.repeat(64) as never, name: 'bench' },
  ...{ throttleScale: 100, throttleScaleNow: 100 },
};

async function newRecorder(name: string): Promise<Recorder> {
  const { Recorder, RecordingFolder } = await import('@pitwall/agent/recorder');
  return new Recorder({
    ring: new RecordingFolder(join(folder, name), car, { bytes: 4 * 2 ** 30, files: 1000 }),
    fileBytes: 64 * 2 ** 20,
    now,
    wall: Date.now,
    picture: (one) => encoder.encode(one),
    about: { car },
    report: (line) => console.error(line),
  });
}

/** One frame's time of a car's life: two setpoints (the tick repeats them), four times the IMU, the battery once a second. */
function live(recorder: Recorder | undefined, number: number): number {
  const at = now();
  const camera = planes[number % planes.length]!;
  const look: ProcessedFrame = {
    frame: { at, format, width: 160, height: 120, data: format === 'mjpeg' ? mjpeg : camera },
    camera,
    ...{ right: null, lidar: null },
    decision: { action: { steeringDeg: 10, speedMps: 1.5, index: 3 }, output },
    took: { age: 1000, decode: 300, inference: 900, act: 50 },
    behind: false,
  };
  recorder?.processed(look);
  for (let i = 0; i < 2; i += 1) recorder?.sent({ steering: 0.5, throttle: 0.4 }, (at + 150_000) as Micros);
  for (let i = 0; i < 4; i += 1) recorder?.moved({ at, x: 0.01, y: 0.02, z: 1, turn: { x: 1, y: 2, z: 3 } });
  let given = 9;
  if (number % rate === 0) {
    recorder?.battery({ at, unit: 'volts', value: 7.4 });
    recorder?.said('a line of the terminal');
    given += 2;
  }
  if (number % (10 * rate) === 0) {
    recorder?.noticed('crash');
    given += 1;
  }
  return given;
}

async function open(name: string): Promise<Recorder> {
  const recorder = await newRecorder(name);
  recorder.changed(state, true);
  while (recorder.state.state !== 'recording') await wait(1);
  return recorder;
}

async function inRealTime(recorder: Recorder | undefined): Promise<number> {
  const before = process.cpuUsage();
  const begun = now();
  for (let number = 0; number < rate * seconds; number += 1) {
    await wait(Math.max(0, (begun + (number * 1e6) / rate - now()) / 1000));
    live(recorder, number);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6 / (rate * seconds);
}

const peak = (): number => process.resourceUsage().maxRSS * 1024;

async function withoutRecorder(): Promise<Measured> {
  const without = await inRealTime(undefined);
  for (let number = 0; number < 5000; number += 1) {
    live(undefined, number);
    await turn();
  }
  return { without, withRecorder: without, memory: peak(), given: 0, readBack: 0, bytes: 0 };
}

async function tenMinutes(): Promise<Pick<Measured, 'given' | 'readBack' | 'bytes' | 'memory'>> {
  const long = await open('long');
  // The state that every file begins with counts for itself.
  let given = 1;
  for (let number = 0; number < 10 * 60 * rate; number += 1) {
    given += live(long, number);
    // Gives the disk its time, and the process a turn: nothing is to be left out here.
    await turn();
    while (long.waiting > 2 ** 20) await wait(1);
  }
  const { dropped } = long.state;
  await long.stop();
  const memory = peak();
  if (dropped > 0) console.error(`${dropped} were left out`);
  const { readRecording } = await import('@pitwall/agent/recorder');
  let [readBack, states, bytes] = [0, 0, 0];
  for (const name of readdirSync(join(folder, 'long')))
    for await (const { topic, data } of readRecording(join(folder, 'long', name))) {
      bytes += data.length;
      if (topic === '/state') states += 1;
      else readBack += 1;
    }
  return { given, readBack: readBack + Math.min(states, 1), bytes, memory };
}

async function withRecorder(): Promise<Measured> {
  const warm = await open('warm');
  for (let number = 0; number < 500; number += 1) {
    live(warm, number);
    await wait(1);
  }
  await warm.stop();
  const without = await inRealTime(undefined);
  const measured = await open('measured');
  const own = await inRealTime(measured);
  await measured.stop();
  return { without, withRecorder: own, ...(await tenMinutes()) };
}

const measured = camera === 'none' ? await withoutRecorder() : await withRecorder();
process.send?.(measured, () => {
  rmSync(folder, { recursive: true, force: true });
  process.exit(0);
});
