import { setTimeout } from 'node:timers/promises';
import type { StopAll } from '@pitwall/protocol/messages';
import { HandDrivenCar } from '../car/hand-driven.js';
import { monotonic } from '../drive/rigs.js';
import { TrackDay } from '../race/track-day.js';
import { quantile, type Report } from './report.js';

const cars = 12;
/** ms from the key to the last car's first neutral pulse width. */
const bar = 150;

/** A car is stopped while it races, not while its programs start: with 36 of them on one machine that takes its processors. */
const drivenMs = 10_000;

/**
 * *Stop all cars* with twelve cars at full throttle: a real controller, twelve real agents, each with outputs that are
 * watched, all on this machine. From the moment at which the request leaves, as a page sends it when its key goes down.
 * All have driven for ten seconds when it is pressed for the first time. PITWALL_BENCH_TRIES sets the tries (20).
 */
export async function run(report: Report): Promise<void> {
  const tries = Number(process.env.PITWALL_BENCH_TRIES ?? 20);
  const day = await TrackDay.open();
  const fleet: HandDrivenCar[] = [];
  try {
    const crew = await day.token('crew', 'carla');
    for (let number = 1; number <= cars; number += 1) {
      const car = await HandDrivenCar.at(day, `car-${number}`, crew);
      fleet.push(car);
      await car.start();
    }
    const last: number[] = [];
    let answered = 0;
    for (let round = 0; round < tries; round += 1) {
      await Promise.all(fleet.map((car) => car.drive()));
      if (round === 0) await setTimeout(drivenMs);
      const at = monotonic();
      const outcome = (await day.post('/api/v1/cars/stop', {}, crew)) as StopAll;
      answered += outcome.cars.filter(({ answer }) => answer === 'stopped').length;
      for (const car of fleet) car.rest();
      const neutral = await Promise.all(fleet.map((car) => car.motor.neutral()));
      last.push(
        Math.max(...neutral.map((when) => (when === undefined ? Number.POSITIVE_INFINITY : (when - at) / 1000))),
      );
    }
    const value = Math.max(...last);
    report({
      figure: `stop all: last of ${cars} cars neutral, slowest of ${tries}`,
      value,
      unit: 'ms',
      bar: `≤ ${bar}`,
      ok: value <= bar,
    });
    const median = quantile(last, 0.5);
    report({
      figure: 'stop all: last car neutral, median',
      value: median,
      unit: 'ms',
      bar: 'stated',
      ok: Number.isFinite(median),
    });
    const all = cars * tries;
    report({
      figure: 'stop all: cars that answered',
      value: answered,
      unit: 'cars',
      bar: `${all}`,
      ok: answered === all,
    });
  } finally {
    await Promise.all(fleet.map((car) => car.stop()));
    await day.close();
  }
}
