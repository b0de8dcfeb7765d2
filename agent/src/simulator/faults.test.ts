import { describe, expect, it } from 'vitest';
import { Fault, Faults, FaultyCamera, readTrack, SlowPolicy, World } from './index.js';

const frame = (value: number) => Uint8Array.of(value);

describe('a faulty camera', () => {
  const camera = new FaultyCamera(
    new Faults([
      { kind: 'frozen-frames', at: 1, lasts: 1 },
      { kind: 'dropped-frames', at: 3, lasts: 0.5 },
    ]),
  );

  it('repeats its last picture while it is frozen, loses frames while they drop, and is well otherwise', () => {
    const seen = [0.5, 1.0, 1.5, 2.0, 3.0, 3.4, 3.5].map((at) => camera.frame(frame(at * 10), at)?.[0]);
    expect(seen).toEqual([5, 10, 10, 20, undefined, undefined, 35]);
  });
});

describe('slow inference', () => {
  it('takes longer while the fault holds', async () => {
    const waits: number[] = [];
    let now = 0;
    const policy = new SlowPolicy(
      {
        decide: async () => ({ action: { steeringDeg: 0, speedMps: 1 }, output: new Float32Array() }),
        close: async () => {},
      },
      {
        faults: new Faults([{ kind: 'slow-inference', at: 2, lasts: 1 }]),
        seconds: () => now,
        wait: async (ms) => void waits.push(ms),
        delayMs: 400,
      },
    );
    for (now of [1, 2, 2.9, 3]) await policy.decide({ camera: frame(0) });
    expect(waits).toEqual([400, 400]);
  });
});

describe('a collision', () => {
  it('stops the car at once', () => {
    const world = new World({ track: readTrack('oval') });
    for (let i = 0; i < 15; i++) world.step(1 / 15, { steeringDeg: 0, speedMps: 2 });
    expect(world.state().speed).toBeGreaterThan(1);
    const { x, y } = world.pose();
    world.collide();
    expect(world.state()).toMatchObject({ x, y, speed: 0, yawRate: 0 });
  });
});

describe('a fault in a configuration', () => {
  it('has a kind that is known and a duration', () => {
    expect(Fault.safeParse({ kind: 'collision', at: '3', lasts: '0.5' }).data).toEqual({
      kind: 'collision',
      at: 3,
      lasts: 0.5,
    });
    expect(Fault.safeParse({ kind: 'gremlins', at: 3, lasts: 1 }).success).toBe(false);
    expect(Fault.safeParse({ kind: 'collision', at: -1, lasts: 1 }).success).toBe(false);
  });
});
