import type { Telemetry } from '@pitwall/protocol/messages';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { PoseBuffer, poseStale } from './pose-buffer.js';

const message = (at: number, x: number, yaw = 0, bootId = 'car-boot') =>
  ({ bootId, at, pose: { x, y: 0, yaw } }) as Pick<Telemetry, 'bootId' | 'at' | 'pose'>;

/** A car at 1 m/s whose messages, ten a second, are each some time on their way. */
function drive(delays: readonly number[]): { buffer: PoseBuffer; local: number } {
  const buffer = new PoseBuffer();
  let local = 0;
  for (const [index, delay] of delays.entries()) {
    const at = index * 100_000;
    local = Math.max(local, at + delay);
    buffer.hear(message(at, at / 1e6), local);
  }
  return { buffer, local };
}

test('nothing heard, nowhere', () => {
  expect(new PoseBuffer().at(0)).toBeNull();
});

test('moves evenly between messages, however unevenly they come', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 60_000 }), { minLength: 10, maxLength: 40 }), (delays) => {
      const { buffer, local } = drive(delays);
      const steps = [0, 1, 2, 3, 4, 5].map((frame) => buffer.at(local + frame * 16_667)?.x ?? Number.NaN);
      for (const [index, x] of steps.slice(1).entries()) expect(x - (steps[index] as number)).toBeCloseTo(0.016667, 4);
    }),
  );
});

test('a late message is dropped, a repeated one too', () => {
  const buffer = new PoseBuffer();
  for (const [at, x] of [
    [0, 0],
    [100_000, 0.1],
    [50_000, 9],
    [100_000, 9],
  ] as const)
    buffer.hear(message(at, x), at);
  expect(buffer.trail.map(({ x }) => x)).toEqual([0, 0.1]);
});

test('is drawn on along its course for a short while, then stands, then is nowhere', () => {
  const { buffer, local } = drive([0, 0, 0, 0, 0]);
  const newest = 0.4;
  expect(buffer.at(local + 250_000)?.x).toBeGreaterThan(newest);
  expect(buffer.at(local + 900_000)?.x).toBeCloseTo(newest + 0.2, 5);
  expect(buffer.at(local + poseStale + 1)).toBeNull();
});

test('turns the short way round', () => {
  const buffer = new PoseBuffer();
  buffer.hear(message(0, 0, 3.1), 0);
  buffer.hear(message(100_000, 0.1, -3.1), 100_000);
  for (let local = 100_000; local < 260_000; local += 10_000) {
    const yaw = buffer.at(local)?.yaw ?? 0;
    expect(Math.cos(yaw)).toBeLessThan(-0.99);
  }
});

test('a car that was carried appears where it was set down', () => {
  const { buffer, local } = drive([0, 0, 0]);
  buffer.hear(message(300_000, 7), local + 100_000);
  expect(buffer.at(local + 100_000)?.x).toBe(7);
});

test('a car that restarted its clock is followed at once', () => {
  const { buffer, local } = drive([0, 0, 0]);
  buffer.hear(message(5, 0.5, 0, 'other'), local + 50_000);
  expect(buffer.at(local + 50_000)?.x).toBe(0.5);
});
