import { afterEach, beforeEach, expect, it } from 'vitest';
import { car, DeskWorld, race } from '../../testing/desk-world.js';
import { ConfirmedRuns } from './confirmed-runs.js';
import type { WantedRun } from './run-recordings.js';
import { runTimeOf } from './run-time.js';

let world: DeskWorld;
let wanted: WantedRun[];
let runs: ConfirmedRuns;
beforeEach(async () => {
  world = await new DeskWorld().start();
  await world.openRace();
  wanted = [];
  runs = new ConfirmedRuns((run) => wanted.push(run));
  world.desk.watch(runs.heard);
});
afterEach(() => world.stop());

it('wants the recording of each run that is confirmed, and knows while one is under way', async () => {
  expect(runs.isUnderWay).toBe(false);
  const run = await world.startRun('anna');
  expect(runs.isUnderWay).toBe(true);
  await world.laps(10.2, 9.8);
  await world.give({ type: 'finish', runId: run });
  expect([runs.isUnderWay, wanted]).toEqual([false, []]);
  await world.give({ type: 'confirm', runId: run });
  expect(wanted).toEqual([{ run, race, racer: 'anna', car }]);
  // One that begins later has noted what was before: in its table.
  const later: WantedRun[] = [];
  world.desk.watch(new ConfirmedRuns((one) => later.push(one)).heard);
  expect(later).toEqual([]);
});

it('tells from the log when the run was, and its laps', async () => {
  const began = world.time.wall;
  const run = await world.startRun('anna');
  await world.laps(10.2, 9.8);
  await world.give({ type: 'finish', runId: run });
  const over = world.time.wall;
  const state = await world.desk.state(race);
  const { records } = await world.desk.log(race, 0, state.seq);
  const time = runTimeOf(state.runs.at(-1)!, records)!;
  expect(time.from).toBeGreaterThanOrEqual(began - 2001);
  expect(time.from).toBeLessThan(began + 1000);
  expect(Math.abs(time.to - over - 2000)).toBeLessThan(2);
  expect(time.laps).toMatchObject([
    { lap: 1, time: 10_200_000, valid: true },
    { lap: 2, time: 9_800_000, valid: true },
  ]);
  const [first, second] = time.laps;
  expect(second!.at - first!.at).toBeCloseTo(9800, 0);
});
