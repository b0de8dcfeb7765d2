import { mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CarId, type Micros } from '@pitwall/protocol';
import { now } from '@pitwall/runtime';
import { afterEach, beforeEach, expect, it } from 'vitest';
import type { CarSnapshot, ProcessedFrame } from '../driving/index.js';
import { Recorder } from './recorder.js';
import { inspectRecording } from './recording-files.js';
import { RecordingFolder } from './recording-folder.js';

const megabyte = 2 ** 20;
const car = CarId.parse('red');
let folder: string;
let reported: string[];
const recorders: Recorder[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-recorder-'));
  reported = [];
});
afterEach(async () => {
  for (const recorder of recorders.splice(0)) await recorder.stop();
  rmSync(folder, { recursive: true, force: true });
});

function newRecorder(bytes = 100 * megabyte, fileBytes = 10 * megabyte, into = folder): Recorder {
  const recorder = new Recorder({
    ring: new RecordingFolder(into, car, { bytes, files: 1000 }),
    fileBytes,
    now,
    wall: Date.now,
    picture: () => ({ format: 'png', data: new Uint8Array(10) }),
    about: { car },
    report: (line) => reported.push(line),
  });
  recorders.push(recorder);
  return recorder;
}
const state = (safety: CarSnapshot['safety']): CarSnapshot => ({
  ...{ safety, reason: null, manual: false, flag: 'green', model: null, throttleScale: 100, throttleScaleNow: 100 },
});
const jpeg = (bytes: number): ProcessedFrame => ({
  frame: { at: now() as Micros, format: 'mjpeg', width: 640, height: 480, data: new Uint8Array(bytes) },
  ...{ camera: null, right: null, lidar: null, decision: null, took: { age: 1 }, behind: false },
});
const names = () => readdirSync(folder).sort();
const recording = (recorder: Recorder) => expect.poll(() => recorder.state.state, { interval: 5 }).toBe('recording');

it('stays within its ring, the oldest go first, and every file stands alone', async () => {
  writeFileSync(join(folder, 'notes.txt'), 'not ours');
  writeFileSync(join(folder, 'red_000007_20200101T000000Z.mcap'), new Uint8Array(megabyte));
  const recorder = newRecorder(4 * megabyte, megabyte);
  recorder.changed(state('armed'), true);
  await recording(recorder);
  const numberOf = () => Number(recorder.state.name?.split('_')[1] ?? 0);
  expect(numberOf()).toBe(8);
  while (numberOf() < 14) {
    for (let i = 0; i < 4; i += 1) recorder.processed(jpeg(37_000));
    // The disk and the recorder's own clock go on.
    await new Promise((resolve) => setTimeout(resolve, 20));
    const sizes = names().map((name) => statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThanOrEqual(4 * megabyte + 10);
  }
  await recorder.stop();
  const kept = names().filter((name) => name.endsWith('.mcap'));
  expect(names()).toContain('notes.txt');
  expect(kept).not.toContain('red_000007_20200101T000000Z.mcap');
  // It may have begun one more with what was under way.
  expect(kept.at(-1)).toMatch(/^red_00001[45]_/);
  for (const name of kept) {
    const { whole, states } = await inspectRecording(join(folder, name));
    expect([name, whole, states.map(({ safety }) => safety)]).toEqual([name, true, ['armed']]);
  }
});

it('gives up its oldest recording when the disk itself is full', async () => {
  for (const number of [1, 2, 3]) writeFileSync(join(folder, `red_00000${number}_20200101T000000Z.mcap`), 'x');
  const ring = new RecordingFolder(folder, car, { bytes: megabyte, files: 10 });
  ring.open = 'red_000001_20200101T000000Z.mcap';
  const { name } = await ring.next(1000, new Date(0), true);
  expect(name).toBe('red_000004_19700101T000000Z.mcap');
  expect(names()).toEqual(['red_000001_20200101T000000Z.mcap', 'red_000003_20200101T000000Z.mcap']);
});

it('begins with arming, goes on when told, and ends when told until the car is armed again', async () => {
  const recorder = newRecorder();
  recorder.changed(state('disarmed'), false);
  expect(recorder.state).toEqual({ state: 'off', name: null, dropped: 0 });
  recorder.record(true);
  await recording(recorder);
  recorder.record(false);
  expect(recorder.state.state).toBe('off');
  recorder.changed(state('armed'), true);
  await recording(recorder);
  recorder.record(false);
  recorder.changed(state('driving'), true);
  expect(recorder.state.state).toBe('off');
  recorder.changed(state('disarmed'), false);
  recorder.changed(state('armed'), true);
  await recording(recorder);
});

it('writes down what happened before the car was switched off, and after', async () => {
  const recorder = newRecorder();
  recorder.changed(state('driving'), true);
  recorder.noticed('crash');
  recorder.sent({ steering: 0.5, throttle: 0 }, (now() + 150_000) as Micros);
  await recording(recorder);
  recorder.changed({ ...state('faulted'), reason: 'crash' }, false);
  const name = recorder.state.name!;
  await recorder.stop();
  const { states, faults, topics, whole } = await inspectRecording(join(folder, name));
  expect(whole).toBe(true);
  expect(states.map(({ safety, reason }) => [safety, reason])).toEqual([
    ['driving', undefined],
    ['faulted', 'crash'],
  ]);
  expect(faults).toMatchObject([{ reason: 'crash', text: 'the car hit something' }]);
  expect(topics.map(({ topic }) => topic)).toContain('/setpoint');
});

it('cannot write, says so once, and takes whatever it is given', async () => {
  const file = join(folder, 'a-file');
  writeFileSync(file, '');
  const recorder = newRecorder(100 * megabyte, 10 * megabyte, join(file, 'below'));
  recorder.changed(state('armed'), true);
  await expect.poll(() => recorder.state.state).toBe('failed');
  recorder.processed(jpeg(1000));
  recorder.changed(state('driving'), true);
  recorder.noticed('crash');
  expect(reported).toEqual([expect.stringMatching(/^the recorder cannot write: .*; the car drives without it/)]);
});

it('leaves out pictures when the disk is behind, and counts them', async () => {
  const recorder = newRecorder();
  recorder.changed(state('armed'), true);
  await recording(recorder);
  // All of it within one turn of the event loop: nothing can reach the disk meanwhile.
  for (let i = 0; i < 200; i += 1) recorder.processed(jpeg(37_000));
  expect(recorder.state.dropped).toBeGreaterThan(50);
  const name = recorder.state.name!;
  await recorder.stop();
  const { topics } = await inspectRecording(join(folder, name));
  const count = (wanted: string) => topics.find(({ topic }) => topic === wanted)?.messages;
  expect(count('/camera')).toBe(200 - recorder.state.dropped);
  expect(count('/latency')).toBe(200);
});
