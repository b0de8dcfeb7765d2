import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type MeasuringRun, measure } from './measure.js';

const course = { length: 17.6, wheelbase: 0.164 };
const radians = Math.PI / 180;

interface Truth {
  /** m/s at full throttle, and degrees at full lock. */
  readonly fastest: number;
  readonly lock: number;
  /** By how much each sample of the gyroscope is off, degrees a second. */
  readonly noise: number;
}

/** Steady laps at two throttles, then steady turns at one of them. */
function drive({ fastest, lock, noise }: Truth, shares: readonly number[]): MeasuringRun {
  const setpoints: { at: number; steering: number; throttle: number }[] = [];
  const turns: { at: number; left: number }[] = [];
  const crossings: { at: number; gate: string; stamp: number }[] = [];
  let at = 100;
  const hold = (seconds: number, steering: number, throttle: number) => {
    const yaw = (fastest * throttle * Math.tan(lock * steering * radians)) / course.wheelbase / radians;
    for (const end = at + seconds; at < end; at += 0.02) {
      setpoints.push({ at, steering, throttle });
      turns.push({ at, left: yaw + noise * Math.sin(at * 1e3) });
    }
  };
  for (const throttle of [0.3, 0.6]) {
    crossings.push({ at, gate: 'line', stamp: at - 90 });
    hold(course.length / (fastest * throttle), 0.1, throttle);
    crossings.push({ at, gate: 'line', stamp: at - 90 });
  }
  for (const steering of shares) hold(2, steering, 0.3);
  return { setpoints, turns, crossings };
}

describe('what a measuring run tells', () => {
  it('is the car’s speed and steering, whatever they are', () => {
    const truth = fc.record({
      fastest: fc.double({ min: 1, max: 6, noNaN: true }),
      lock: fc.double({ min: 15, max: 35, noNaN: true }),
      noise: fc.double({ min: 0, max: 5, noNaN: true }),
    });
    fc.assert(
      fc.property(truth, (car) => {
        const shares = [-1, -0.5, 0.5, 1];
        const { speed, steering } = measure(drive(car, shares), course);
        expect(speed.map(([, share]) => share)).toEqual([0, 0.3, 0.6]);
        for (const [value, share] of speed)
          expect(Math.abs(value - car.fastest * share)).toBeLessThan(0.05 * car.fastest);
        expect(steering.map(([, share]) => share)).toEqual(expect.arrayContaining(shares));
        for (const [value, share] of steering) expect(Math.abs(value - car.lock * share)).toBeLessThan(1.2);
      }),
      { numRuns: 30 },
    );
  });

  it('is nothing where nobody held still', () => {
    const run = drive({ fastest: 4, lock: 30, noise: 0 }, [-1, 1]);
    const shaky = run.setpoints.map((one, i) => ({ ...one, throttle: one.throttle + (i % 2) * 0.2 }));
    expect(() => measure({ ...run, setpoints: shaky }, course)).toThrow('steady throttle');
    expect(() => measure({ ...run, turns: [] }, course)).toThrow('two steady turns');
    const slipping = run.turns.map(({ at }) => ({ at, left: 1 }));
    expect(() => measure({ ...run, turns: slipping }, course)).toThrow('did not give more');
  });
});
