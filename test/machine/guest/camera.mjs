import { check, figure, now, until } from './rig.mjs';

const { v4l2Camera } = await import('/opt/pitwall/agent/dist/hardware/v4l2/index.js');
const runtime = await import('/opt/pitwall/protocol/runtime/dist/index.js');
const [width, height, rate] = [320, 180, 15];
const profile = {
  kind: 'v4l2',
  width,
  height,
  rate,
  format: 'yuyv',
  exposure: 'auto',
  controls: {},
  rotation: 0,
  flip: 'none',
  range: 'limited',
};
const camera = v4l2Camera(profile, '/dev/video0', {
  now: runtime.now,
  events: { lost: (why) => console.log(`camera: ${why}`), found: () => {} },
});
const ages = [];
let frame;
await camera.start((next) => {
  frame = next;
  ages.push((runtime.now() - next.at) / 1000);
});
check(
  'frames of the whole size',
  await until(() => ages.length >= 30 && frame.data.length === width * height * 2, 30_000),
  frame?.data.length,
);
check('of a picture that is not one grey', new Set(frame.data.subarray(0, 4000)).size > 4, '');
// The driver's own stamp: a frame cannot be older than it takes to make and carry one.
figure('age of a frame at the agent, median', ages.toSorted((a, b) => a - b)[ages.length >> 1], 100);
const began = now();
check('unplugged: gone', await until(() => camera.health.state !== 'there', 10_000), camera.health.state);
figure('that is told', now() - began, '-');
const seen = ages.length;
check('plugged in again: there', await until(() => ages.length > seen + 15, 20_000), ages.length - seen);
await camera.stop();
process.exit(0);
