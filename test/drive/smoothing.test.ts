import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Car, cameraOnly } from '@pitwall/agent/driving';
import type { Camera, Frame } from '@pitwall/agent/hardware';
import { readCarProfile } from '@pitwall/firmware-config';
import type { Sha256 } from '@pitwall/protocol';
import { now } from '@pitwall/runtime';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'pitwall-car-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A car that wants what it is told frame by frame; what it makes of it. */
async function steered(smoothing: number, wanted: readonly number[]): Promise<number[]> {
  let show: (frame: Frame) => void = () => {};
  const camera: Camera = {
    rate: 30,
    health: { state: 'there', message: null, losses: 0 },
    start: async (onFrame) => {
      show = onFrame;
    },
    stop: async () => {},
  };
  const profile = readCarProfile('simulated');
  const car = new Car({
    profile,
    drivetrain: { kind: 'simulated', degrees: 30, speed: 1, socket: join(folder, 'nobody.sock') },
    camera,
    decode: ({ data }) => data,
    now,
    log: () => {},
    smoothing,
    limit: 0,
    scale: 100,
    // A car at rest that nobody watches looks at few frames.
    monitor: { wantsFrames: true, processed: () => {}, sent: () => {}, noticed: () => {} },
  });
  let decided = () => {};
  car.load({
    model: { hash: 'a'.repeat(64) as Sha256, name: 'told' },
    input: cameraOnly,
    mapping: () => ({ steering: 0, throttle: 0 }),
    policy: {
      decide: async ({ camera: [at] }) => {
        setImmediate(() => decided());
        return { action: { steeringDeg: wanted[at!]!, speedMps: 1 }, output: new Float32Array(1) };
      },
      close: async () => {},
    },
  });
  await car.start();
  try {
    const made: number[] = [];
    for (const at of wanted.keys()) {
      const done = new Promise<void>((resolve) => {
        decided = resolve;
      });
      show({ at: now(), format: 'grey', width: 1, height: 1, data: Uint8Array.of(at) });
      await done;
      made.push(car.takeTelemetry().action!.steeringDeg);
    }
    return made;
  } finally {
    await car.stop();
  }
}

describe('smoothing', () => {
  it('is off unless asked for: the wheels get what the policy said', async () => {
    expect(await steered(0, [30, -30, 0])).toEqual([30, -30, 0]);
  });

  it('keeps a share of the last steering angle', async () => {
    expect(await steered(0.5, [20, 20, -20, -20])).toEqual([10, 15, -2.5, -11.25]);
  });

  it('never leaves the range of what was asked for, and comes as near as one likes', async () => {
    const angles = fc.array(fc.integer({ min: -30, max: 30 }), { minLength: 1, maxLength: 20 });
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0, max: 0.95, noNaN: true }), angles, async (smoothing, wanted) => {
        const made = await steered(smoothing, [...wanted, ...Array<number>(200).fill(wanted.at(-1)!)]);
        expect(Math.max(...made)).toBeLessThanOrEqual(Math.max(0, ...wanted) + 1e-9);
        expect(Math.min(...made)).toBeGreaterThanOrEqual(Math.min(0, ...wanted) - 1e-9);
        expect(made.at(-1)!).toBeCloseTo(wanted.at(-1)!, 2);
      }),
      { numRuns: 10 },
    );
  });
});
