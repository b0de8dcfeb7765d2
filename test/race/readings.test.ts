import type { Micros } from '@pitwall/protocol';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { KeepingGate, now } from '../race-faults/keeping-gate.js';
import { TrackDay } from './track-day.js';
import { Trial } from './trial.js';

const second = 1_000_000;
/** A tenth of what a hall has, so that a run is over soon. */
const timing = { holdoff: 100_000 as Micros, plausible: { min: 300_000 as Micros, max: (12 * second) as Micros } };

let day: TrackDay;
let gate: KeepingGate;
let trial: Trial;

beforeEach(async () => {
  day = await TrackDay.open();
  gate = new KeepingGate('start', await day.token('gate', 'start'));
  gate.connect(day.mqtt);
  await day.startCar('red');
  trial = new Trial(day, 'trial');
}, 120_000);
afterEach(async () => {
  trial.close();
  await gate.disconnect();
  await day.close();
}, 60_000);

/** The gate saw the line crossed at these tenths of a second after that moment. */
async function cross(at: number, ...tenths: number[]): Promise<void> {
  for (const tenth of tenths) gate.cross(at + tenth * 100_000);
  await gate.empty();
}

const lapsOf = (run: Trial['run']) => run?.laps.map(({ time, valid }) => (valid ? time : null));
it('a second edge, and a false trigger, shorten no lap that a gate times over MQTT', async () => {
  // Whether the car drives is not what this is about.
  await trial.start(6, timing, 'any');
  await cross(now(), 0, 10, 10.9, 20, 30, 32, 40);
  await trial.until(() => trial.run?.crossings.length === 7);
  expect(trial.run?.crossings.map(({ use }) => use)).toEqual([
    'opens',
    'closes',
    'same-passage',
    'closes',
    'closes',
    'short',
    'closes',
  ]);
  expect(lapsOf(trial.run)).toEqual([second, second, second, second]);
});
