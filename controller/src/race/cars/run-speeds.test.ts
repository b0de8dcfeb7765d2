import { afterEach, beforeEach, expect, it } from 'vitest';
import { car, DeskWorld, race, rules } from '../../../testing/desk-world.js';

let world: DeskWorld;
let runId: string;

beforeEach(async () => {
  world = await new DeskWorld().start();
  await world.openRace({ rules: rules({ speed: { min: 40, max: 80 }, holdoff: 0 as never }) });
});
afterEach(async () => await world.stop());

/** The car says how it is. */
const says = (runSpeed: number | null, safety: string | null = 'armed', scale: number | null = 100) =>
  world.desk.carMoves(car, {
    driving: safety === null ? null : safety === 'driving',
    safety,
    reason: null,
    runSpeed,
    scale,
    at: { bootId: world.time.bootId, at: world.time.at },
  });
/** What it was told since the last look. */
const told = async () => {
  await world.state();
  return world.cars.orders.splice(0);
};
const staged = async () => {
  runId = await world.startRun();
  await told();
};

it('has the run’s speed from staging on, again in every new session, and its crew’s when the run is over', async () => {
  says(100);
  expect(await told()).toEqual(['e-stop blue', 'clear blue']);
  await staged();
  says(80, 'driving');
  expect(await told()).toEqual([]);
  await world.give({ type: 'speed', runId, percent: 50 });
  expect(await told()).toEqual(['speed 50 blue']);
  says(50, 'driving');
  // Another agent, which knows nothing.
  says(null, null);
  says(100, 'disarmed');
  expect(await told()).toEqual(['speed 50 blue']);
  says(50, 'driving');
  await world.give({ type: 'finish', runId });
  // It is not made faster before it stands.
  expect(await told()).toEqual(['stop blue']);
  says(50, 'driving');
  expect(await told()).toEqual([]);
  says(50, 'stopping');
  expect(await told()).toEqual(['speed 100 blue']);
  says(100, 'stopped');
  expect(await told()).toEqual([]);
});

it('is told as soon as the run is staged, and no sooner', async () => {
  says(100);
  await told();
  runId = crypto.randomUUID();
  await world.give({ type: 'call', runId, racer: 'anna' as never });
  expect(await told()).toEqual([]);
  await world.give({ type: 'stage', runId });
  expect(await told()).toEqual(['speed 80 blue']);
});

it('is told again when it did not answer, as soon as it says anything', async () => {
  await staged();
  says(80, 'driving');
  world.cars.answer = { outcome: 'silent', safety: null, message: 'no answer within 2 s' };
  await world.give({ type: 'speed', runId, percent: 50 });
  expect(await told()).toEqual(['speed 50 blue']);
  says(80, 'driving');
  expect(await told()).toEqual(['speed 50 blue']);
});

it('gets its crew’s speed back after a restart of the controller in the middle of its run', async () => {
  await staged();
  await world.give({ type: 'speed', runId, percent: 50 });
  await world.restart();
  says(50, 'driving');
  await told();
  await world.give({ type: 'discard', runId, reason: 'over' });
  expect(await told()).toEqual(['stop blue']);
  says(50, 'stopped');
  expect(await told()).toEqual(['speed 100 blue']);
});

it('is not asked for what it does not know, and starts no car', async () => {
  await staged();
  says(null, 'driving');
  await world.give({ type: 'speed', runId, percent: 50 });
  await world.give({ type: 'pause', runId });
  await told();
  says(80, 'stopped');
  await world.give({ type: 'speed', runId, percent: 60 });
  expect((await told()).filter((order) => !order.startsWith('speed'))).toEqual([]);
  expect((await world.desk.state(race)).runs[0]?.speed).toBe(60);
});

it('has its crew’s limit in the log once for each change, at each lap, and in the result', async () => {
  runId = await world.startRun();
  for (const scale of [30, 30, 30]) says(80, 'driving', scale);
  await world.heard('car-state', (event) => event.type === 'car-state' && event.scale === 30);
  await world.laps(20);
  expect(await world.run(runId)).toMatchObject({ scale: 30, laps: [{ scale: 30, speed: 80 }] });
  says(80, 'driving', 100);
  await world.heard('car-state', (event) => event.type === 'car-state' && event.scale === 100);
  world.time.pass(20_000_000 as never);
  await world.cross();
  await world.give({ type: 'finish', runId });
  await world.give({ type: 'confirm', runId });
  const [thirty, full] = world.results[0]?.laps ?? [];
  expect([thirty?.scale, full?.scale, full?.speed]).toEqual([30, undefined, 80]);
});
