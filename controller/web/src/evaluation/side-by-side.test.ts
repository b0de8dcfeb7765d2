import type { Replay } from '@pitwall/protocol/api';
import { describe, expect, it } from 'vitest';
import { behind, type Eye, project } from './perspective.js';
import { DrivenLap, standTogether } from './side-by-side.js';

type Step = Replay['steps'][number];

/** Laps along a straight line: each as long in seconds as is given, one step a second; `upTo`: percent of the last one. */
function driven(seconds: readonly number[], upTo = 100): Replay {
  let now = 0;
  const steps = seconds.flatMap((lasts, lap) =>
    Array.from({ length: lasts + 1 }, (_, at): Step => {
      const done = (at / lasts) * (lap === seconds.length - 1 ? upTo : 100);
      return [at === 0 && lap === 0 ? now : ++now, lap, done / 10, 0, 0, 0, 1, done, 'in_progress'] as unknown as Step;
    }),
  );
  return {
    steps,
    laps: seconds.map((lasts) => lasts * 1e6),
    actions: null,
    outputs: [],
    pictures: null,
  } as unknown as Replay;
}

const lap = (replay: Replay) => DrivenLap.of(replay) as DrivenLap;

describe('laps that are driven side by side', () => {
  it('are the fastest that was finished, else the one that came farthest', () => {
    expect(lap(driven([12, 8, 10])).lap).toMatchObject({ lap: 2, finished: true });
    expect(lap(driven([20, 3], 60)).lap).toMatchObject({ lap: 1, finished: true });
    expect(lap(driven([5], 40)).lap).toMatchObject({ lap: 1, finished: false });
    expect(DrivenLap.of(driven([]))).toBeUndefined();
  });

  it('stand by how much of the lap each has driven, and at the end by time', () => {
    const laps = [lap(driven([10])), lap(driven([8]))];
    const half = standTogether(laps, 4);
    expect(half.map((one) => one?.place)).toEqual([2, 1]);
    // The faster one was at 40 % after 3.2 s.
    expect(half[0]?.behindS).toBeCloseTo(0.8, 6);
    expect(half[1]?.behindS).toBeNull();
    const end = standTogether(laps, 60);
    expect(end.map((one) => [one?.place, one?.isHome, one?.behindS])).toEqual([
      [2, true, 2],
      [1, true, null],
    ]);
  });

  it('keep one that never came home where it stopped, behind those that did', () => {
    const end = standTogether([lap(driven([4], 50)), undefined, lap(driven([9]))], 60);
    expect(end[0]).toMatchObject({ place: 2, isHome: false, frame: { progressPct: 50 } });
    expect(end[1]).toBeUndefined();
    expect(end[2]).toMatchObject({ place: 1, isHome: true });
  });
});

describe('what is seen from behind a car', () => {
  const eye: Eye = { x: 0, y: 0, up: 1, heading: 0, down: 0 };

  it('has what is far near the horizon, what is left on the left, and nothing that lies behind', () => {
    const square = (x: number, y: number) => [[x, y, 0] as const, [x + 0.1, y, 0] as const, [x, y + 0.1, 0] as const];
    const [[nearX, nearY] = [0, 0]] = project(square(2, 1), eye, 960, 540);
    const [[farX, farY] = [0, 0]] = project(square(20, 1), eye, 960, 540);
    expect(nearX).toBeLessThan(farX);
    expect(farX).toBeLessThan(480);
    expect(nearY).toBeGreaterThan(farY);
    expect(farY).toBeGreaterThan(270);
    expect(project(square(-3, 0), eye, 960, 540)).toEqual([]);
    // By the law of the pinhole: 1 m below, 2 m ahead, 0.8 picture widths away.
    expect(nearY).toBeCloseTo(270 + (0.8 * 960) / 2, 6);
  });

  it('ends at the eye where a road runs under it', () => {
    const road = [[-5, 1, 0] as const, [5, 1, 0] as const, [5, -1, 0] as const, [-5, -1, 0] as const];
    const corners = project(road, eye, 960, 540);
    expect(corners).toHaveLength(4);
    for (const [x, y] of corners) expect(Number.isFinite(x) && Number.isFinite(y)).toBe(true);
  });

  it('has the car in the middle of the lower half, whichever way it drives', () => {
    for (const yawDeg of [0, 90, 217]) {
      const [[x, y] = [0, 0]] = project(
        [
          [3, -2, 0],
          [3, -2, 0.1],
          [3, -2, 0.2],
        ],
        behind({ x: 3, y: -2, yawDeg }),
        960,
        540,
      );
      expect(x).toBeCloseTo(480, 6);
      expect(y).toBeGreaterThan(300);
      expect(y).toBeLessThan(540);
    }
  });
});
