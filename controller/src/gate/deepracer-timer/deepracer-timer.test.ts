import { readGateProfile } from '@pitwall/firmware-config';
import { hostClock } from '@pitwall/runtime';
import { afterEach, expect, it } from 'vitest';
import { DeepracerTimer } from '../../../testing/deepracer-timer.js';
import { Listener } from '../../../testing/sensor-listener.js';
import { Debounce } from '../debounce.js';
import { DeepracerTimerSensor } from './index.js';

const clock = hostClock();
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function connected() {
  const timer = new DeepracerTimer();
  const port = await timer.start();
  const listener = new Listener();
  const sensor = new DeepracerTimerSensor(`ws://127.0.0.1:${port}`, clock);
  stops.push(
    () => sensor.stop(),
    () => timer.stop(),
  );
  await sensor.start(listener.events);
  await listener.until(() => listener.statuses.at(-1) === 'ok');
  await timer.connected;
  return { timer, port, listener };
}

it('counts a pass, both edges of its strip as one, and nothing else that its page says', async () => {
  const { timer, listener } = await connected();
  const before = clock.now();
  for (const word of ['start', 'pause', 'reset']) timer.says(word);
  timer.changes();
  timer.changes();
  await listener.until(() => listener.edges.length === 2);
  expect(listener.lost).toBe(0);
  const { edge = 'both', holdoff } = readGateProfile('deepracer-timer');
  const debounce = new Debounce({ edge, holdoff });
  expect(listener.edges.map((one) => debounce.accepts(one))).toEqual([true, false]);
  for (const { at, bootId } of listener.edges) {
    expect(bootId).toBe(clock.bootId);
    expect(at).toBeGreaterThanOrEqual(before);
  }
});

it('counts what nobody understands as lost', async () => {
  const { timer, listener } = await connected();
  for (const text of ['42{', '42{}', '5', 'passed']) timer.raw(text);
  await listener.until(() => listener.lost === 4);
  expect(listener.edges).toEqual([]);
});

it('is found again when the timer was away', async () => {
  const { timer, port, listener } = await connected();
  timer.stop();
  await listener.until(() => listener.statuses.at(-1) === 'gone');
  const again = new DeepracerTimer();
  await again.start(port);
  stops.push(() => again.stop());
  await listener.until(() => listener.statuses.at(-1) === 'ok');
  await again.connected;
  again.changes();
  await listener.until(() => listener.edges.length === 1);
});
