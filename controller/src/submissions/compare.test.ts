import fc from 'fast-check';
import { expect, it } from 'vitest';
import { compareLaps, type Driven, lapIn } from './compare.js';

const header =
  'episode,steps,X,Y,yaw,steer,throttle,action,reward,done,all_wheels_on_track,progress,closest_waypoint,track_len,tstamp,episode_status,pause_duration,obstacle_crash_counter';

interface Step {
  readonly episode: number;
  readonly progress: number;
  readonly at: number;
  readonly status?: string;
}

const simtrace = (steps: readonly Step[]): string =>
  [
    header,
    ...steps.map(
      ({ episode, progress, at, status = 'in_progress' }) =>
        `${episode},1,0,0,0,0,1,0,0,False,True,${progress},0,20,${at.toFixed(3)},${status},0.0,0`,
    ),
  ].join('\n');

/** A lap at an even speed, in so many steps of a fifteenth of a second. */
const even = (episode: number, steps: number, from: number): Step[] =>
  Array.from({ length: steps }, (_, index) => ({
    episode,
    progress: (100 * (index + 1)) / steps,
    at: from + (index + 1) / 15,
  }));

const driven = simtrace([
  { episode: 0, progress: 0.5, at: 1 / 15, status: 'prepare' },
  ...even(0, 150, 1 / 15),
  ...even(1, 147, 151 / 15),
  ...even(2, 30, 298 / 15).slice(0, 20),
]);

it('takes a lap from the log, in the time that was measured for it', () => {
  const { percent, time, lengthM } = lapIn(driven, { lap: 2, time: 9_800_000 });
  expect([percent[0], time[0], percent.at(-1), time.at(-1)]).toEqual([0, 0, 100, 9_800_000]);
  // Each step is where it was, but for the thousandths that the log leaves out.
  for (const [index, at] of time.entries()) expect(Math.abs(at - (index * 1e6) / 15)).toBeLessThanOrEqual(1000);
  expect(lengthM).toBe(20);
});

it.each([3, 4, 0])('says that lap %d is none to compare', (lap) => {
  expect(() => lapIn(driven, { lap, time: 1 })).toThrow('no finished lap');
});

it('counts progress that fell back from where it was made good', () => {
  const steps: Step[] = [{ episode: 0, progress: 0.5, at: 1 / 15, status: 'prepare' }, ...even(0, 100, 1 / 15)];
  const set = { ...(steps[50] as Step), progress: 20 };
  const log = simtrace([...steps.slice(0, 50), set, ...steps.slice(51)]);
  const { percent, time } = lapIn(log, { lap: 1, time: 6_733_333 });
  for (let index = 1; index < percent.length; index += 1) {
    expect(percent[index]).toBeGreaterThan(percent[index - 1] as number);
    expect(time[index]).toBeGreaterThan(time[index - 1] as number);
  }
});

/** At an even speed, but for one stretch in which the car stands. */
const standing = (at: number, forMicros: number): Driven => ({
  percent: [0, at, at + 0.1, 100],
  time: [0, at * 100_000, (at + 0.1) * 100_000 + forMicros, 10_000_000 + forMicros],
  lengthM: 20,
});

it('shows where time was lost, and by how much', () => {
  const { gap, stretches, mineSpeed, otherSpeed } = compareLaps(standing(42, 3_000_000), standing(80, 1_000_000));
  expect(stretches[0]).toEqual({ fromPct: 40, toPct: 45, change: 3_000_000 });
  expect(stretches[1]).toEqual({ fromPct: 80, toPct: 85, change: -1_000_000 });
  expect(gap[0]).toBe(0);
  expect(gap.at(-1)).toBe(2_000_000);
  expect(mineSpeed[0]).toBe(2);
  expect(otherSpeed[0]).toBe(2);
});

const lap = fc
  .array(fc.record({ by: fc.integer({ min: 1, max: 20 }), took: fc.integer({ min: 1, max: 500_000 }) }), {
    minLength: 2,
  })
  .map((steps): Driven => {
    const whole = steps.reduce((sum, { by }) => sum + by, 0);
    const percent = [0];
    const time = [0];
    for (const { by, took } of steps) {
      percent.push((percent.at(-1) as number) + (100 * by) / whole);
      time.push((time.at(-1) as number) + took);
    }
    percent[percent.length - 1] = 100;
    return { percent, time, lengthM: 20 };
  });

it('ends with the difference of the lap times, and turned round it says the opposite', () => {
  fc.assert(
    fc.property(lap, lap, (mine, other) => {
      const one = compareLaps(mine, other);
      const turned = compareLaps(other, mine);
      expect(one.gap.at(-1)).toBe((mine.time.at(-1) as number) - (other.time.at(-1) as number));
      expect(turned.gap.map((gap) => 0 - gap)).toEqual(one.gap.map((gap) => gap + 0));
      for (let index = 1; index < one.mineTime.length; index += 1)
        expect(one.mineTime[index]).toBeGreaterThanOrEqual(one.mineTime[index - 1] as number);
    }),
  );
});
