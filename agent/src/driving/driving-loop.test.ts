import type { Micros } from '@pitwall/protocol';
import type { Action, Policy } from '@pitwall/protocol/policy';
import { beforeEach, describe, expect, it } from 'vitest';
import type { Frame } from '../hardware/index.js';
import { DrivingLoop, type ProcessedFrame } from './driving-loop.js';

let at = 0;
let acted: Action[];
let failed: string[];
let processedFrames: ProcessedFrame[];
let pending: { readonly first: number; readonly answer: (action: Action | Error) => void }[];
const policy: Policy = {
  decide: ({ camera }) =>
    new Promise((resolve, reject) => {
      pending.push({
        first: camera[0]!,
        answer: (action) =>
          action instanceof Error ? reject(action) : resolve({ action, output: new Float32Array(1) }),
      });
    }),
  close: async () => {},
};
const straight: Action = { steeringDeg: 0, speedMps: 1 };

function loopAt(rate: number, limit = 0): DrivingLoop {
  const loop = new DrivingLoop({
    now: () => at as Micros,
    decode: ({ data }) => data,
    rate,
    limit,
    act: (action) => acted.push(action),
    failed: (reason) => failed.push(reason),
    processed: (frame) => processedFrames.push(frame),
  });
  loop.policy = policy;
  return loop;
}
const frame = (number: number): Frame => ({
  at: at as Micros,
  format: 'grey',
  width: 160,
  height: 120,
  data: Uint8Array.of(number),
});
/** Lets what was answered run on. */
const settle = () => new Promise((resolve) => setImmediate(resolve));
async function answer(action: Action | Error, afterMs = 1): Promise<void> {
  at += afterMs * 1000;
  pending.shift()!.answer(action);
  await settle();
}

beforeEach(() => {
  at = 1_000_000;
  acted = [];
  failed = [];
  processedFrames = [];
  pending = [];
});

describe('the loop from frame to action', () => {
  it('has at most one inference in flight, and takes the latest frame next', async () => {
    const loop = loopAt(30);
    for (let number = 1; number <= 5; number++) loop.frame(frame(number));
    expect(pending.map(({ first }) => first)).toEqual([1]);
    await answer(straight);
    expect(pending.map(({ first }) => first)).toEqual([5]);
    await answer(straight);
    expect(pending).toEqual([]);
    expect(acted).toHaveLength(2);
    expect(loop.takeCounts()).toEqual({ frames: 5, dropped: 3 });
  });

  it('tells of every frame what became of it, also of one on which the policy failed, and without a policy', async () => {
    const loop = loopAt(30);
    loop.frame(frame(1));
    loop.frame(frame(2));
    await answer(straight, 5);
    await answer(new Error('broken'));
    loop.policy = undefined;
    loop.frame(frame(3));
    await settle();
    expect(
      processedFrames.map(({ frame: { data }, decision, took, behind }) => [data[0], decision?.action, took, behind]),
    ).toEqual([
      [1, straight, { age: 0, decode: 0, inference: 5000, act: 0 }, true],
      [2, undefined, { age: 5000, decode: 0 }, false],
      [3, undefined, { age: 0, decode: 0 }, false],
    ]);
    expect(processedFrames[0]?.camera).toEqual(Uint8Array.of(1));
  });

  it.each([
    [30, 15, 150],
    [60, 15, 150],
    [15, 15, 150],
    [30, 0, 300],
  ])('a camera at %d Hz with a limit of %d acts %d times in 10 s', async (rate, limit, actions) => {
    const loop = loopAt(rate, limit);
    for (let i = 0; i < rate * 10; i++) {
      at = 1_000_000 + Math.round((i * 1e6) / rate + (i % 3) * 1000);
      loop.frame(frame(0));
      if (pending.length > 0) await answer(straight, 0);
    }
    expect(Math.abs(acted.length - actions)).toBeLessThanOrEqual(1);
  });

  it('processedFrames at two frames a second while nobody needs them, and at the first one that counts', async () => {
    let resting = true;
    const loop = new DrivingLoop({
      now: () => at as Micros,
      decode: ({ data }) => data,
      rate: 30,
      limit: 15,
      resting: () => resting,
      act: (action) => acted.push(action),
      failed: (reason) => failed.push(reason),
    });
    loop.policy = policy;
    const drive = async (frames: number) => {
      for (let i = 0; i < frames; i++) {
        at += 33_333;
        loop.frame(frame(0));
        if (pending.length > 0) await answer(straight, 0);
      }
      return acted.splice(0).length;
    };
    expect(Math.abs((await drive(300)) - 20)).toBeLessThanOrEqual(1);
    resting = false;
    expect(Math.abs((await drive(300)) - 150)).toBeLessThanOrEqual(1);
  });

  it.each([
    [15, 200],
    [30, 100],
    [60, 100],
  ])('at %d Hz frames are stale after %d ms', (rate, ms) => {
    const loop = loopAt(rate);
    expect(loop.isStale(at as Micros)).toBe(true);
    loop.frame(frame(0));
    expect(loop.isStale((at + ms * 1000) as Micros)).toBe(false);
    expect(loop.isStale((at + ms * 1000 + 1) as Micros)).toBe(true);
  });

  it('does not take frames that come late for fresh ones, however often they come, and does not act upon them', async () => {
    const loop = loopAt(30);
    const late = () => ({ ...frame(0), at: (at - 100_001) as Micros });
    for (let i = 0; i < 5; i++) {
      at += 33_333;
      loop.frame(late());
      await answer(straight);
      expect(loop.isStale(at as Micros)).toBe(true);
    }
    expect(acted).toEqual([]);
    loop.frame(frame(0));
    expect(loop.isStale(at as Micros)).toBe(false);
    await answer(straight, 101);
    expect(acted).toEqual([]);
    loop.frame(frame(0));
    await answer(straight);
    expect(acted).toEqual([straight]);
  });

  it('fails when it is slower than two frame times five times in a row, and not before', async () => {
    const loop = loopAt(30);
    for (const ms of [70, 70, 70, 70, 5, 70, 70, 70, 70, 70]) {
      loop.frame(frame(0));
      await answer(straight, ms);
    }
    expect(failed).toEqual(['inference-slow']);
    expect(acted).toHaveLength(9);
  });

  it.each([
    ['NaN', { steeringDeg: Number.NaN, speedMps: 1 }, 'inference-not-finite'],
    ['infinity', { steeringDeg: 0, speedMps: Number.POSITIVE_INFINITY }, 'inference-not-finite'],
    ['an exception', new Error('broken'), 'inference-failed'],
  ])('fails on %s, and processedFrames at the next frame all the same', async (_, outcome, reason) => {
    const loop = loopAt(30);
    loop.frame(frame(0));
    await answer(outcome);
    expect(failed).toEqual([reason]);
    loop.frame(frame(0));
    await answer(straight);
    expect(acted).toEqual([straight]);
  });

  it('takes no answer of a policy that was replaced meanwhile', async () => {
    const loop = loopAt(30);
    loop.frame(frame(0));
    loop.policy = { ...policy };
    await answer(straight);
    expect(acted).toEqual([]);
  });

  it('measures each stage', async () => {
    const loop = loopAt(30);
    const one = frame(0);
    at += 4000;
    loop.frame(one);
    await answer(straight, 2);
    expect(loop.stages.age.quantile(0.5)).toBeGreaterThan(3800);
    expect(loop.stages.age.quantile(0.5)).toBeLessThan(4200);
    expect(loop.stages.inference.quantile(0.99)).toBeGreaterThan(1900);
  });
});
