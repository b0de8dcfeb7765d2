import type { CarId, Micros } from '@pitwall/protocol';
import { RaceReplay } from '@pitwall/protocol/race';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DeskWorld, race, rules, seconds } from '../../../testing/desk-world.js';
import { verifyChain } from '../index.js';

let world: DeskWorld;
beforeEach(async () => {
  world = await new DeskWorld().start();
});
afterEach(() => world.stop());

it('runs a time trial from entry to result', async () => {
  await world.openRace();
  const heard: number[] = [];
  await world.desk.follow(race, 0, ({ records }) => heard.push(...records.map(({ seq }) => seq)));
  const runId = await world.startRun();
  world.time.pass(seconds(1));
  await world.laps(10, 9.5, 9.75);
  await world.give({ type: 'finish', runId });
  await world.give({ type: 'confirm', runId });

  const run = await world.run(runId);
  expect(run.laps.map(({ time, valid }) => [time, valid])).toEqual([
    [seconds(10), true],
    [seconds(9.5), true],
    [seconds(9.75), true],
  ]);
  expect(run).toMatchObject({ phase: 'confirmed', bestLap: seconds(9.5), score: seconds(9.5), revision: 1 });
  expect((await world.state()).standings[0]).toMatchObject({ rank: 1, racer: 'anna', score: seconds(9.5) });
  expect(world.results).toMatchObject([{ resultId: runId, revision: 1, racer: 'anna', laps: [{}, {}, {}] }]);
  expect(world.cars.orders).toEqual(['e-stop blue', 'clear blue', 'start blue', 'stop blue']);
  const { records, seq } = await world.desk.log(race, 0, 1000);
  verifyChain(records);
  expect(heard).toEqual(records.map((record) => record.seq));
  expect(new RaceReplay(records).state).toEqual(await world.state());
  expect(seq).toBe(records.length);
});

it('ends a run when its time is up, by an event', async () => {
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10);
  world.time.pass(seconds(60));
  await world.heard('time-expired');
  const run = await world.run(runId);
  expect(run).toMatchObject({ phase: 'over', overBy: 'time', clock: { elapsed: seconds(60), since: null } });
});

it('takes up a race where its log ends', async () => {
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10, 9);
  const before = await world.state();
  await world.restart();
  expect(await world.state()).toEqual(before);
  world.time.pass(seconds(8));
  await world.cross();
  expect((await world.run(runId)).laps.map(({ time }) => time)).toEqual([seconds(10), seconds(9), seconds(8)]);
});

it('records a crossing once, however often it comes', async () => {
  await world.openRace();
  const runId = await world.startRun();
  const crossing = world.crossing();
  await Promise.all([world.desk.crossings.record(crossing), world.desk.crossings.record(crossing)]);
  await world.restart();
  await world.desk.crossings.record(crossing);
  expect((await world.run(runId)).crossings).toHaveLength(1);
});

it('records a crossing of its own under a number that another one has, once, also after the controller was started again', async () => {
  await world.openRace();
  const runId = await world.startRun();
  const crossing = world.crossing();
  const other = { ...crossing, crossing: { ...crossing.crossing, at: (crossing.crossing.at + 9_000_000) as Micros } };
  const later = { ...other, controllerAt: (crossing.controllerAt + 9_000_000) as Micros };
  expect(await world.desk.crossings.record(crossing)).toBe('new');
  world.time.pass(seconds(9));
  expect(await world.desk.crossings.record(later)).toBe('reused');
  expect(await world.desk.crossings.record(later)).toBe('known');
  await world.restart();
  expect(await Promise.all([crossing, later].map((each) => world.desk.crossings.record(each)))).toEqual([
    'known',
    'known',
  ]);
  const { crossings, laps } = await world.run(runId);
  expect([crossings.length, laps.map(({ time }) => time)]).toEqual([2, [seconds(9)]]);
  const { records } = await world.desk.log(race, 0, 1000);
  const names = records.flatMap(({ event }) =>
    event.type === 'crossing' ? [`${event.crossing.gate} ${event.crossing.bootId} ${event.crossing.seq}`] : [],
  );
  expect(new Set(names).size).toBe(2);
});

it('keeps a crossing that no race uses, so that its gate is free', async () => {
  const crossing = world.crossing();
  await world.desk.crossings.record(crossing);
  await world.desk.crossings.record(crossing);
  const rows = await world.store
    .as<{ race_stray_crossings: object }>()
    .selectFrom('race_stray_crossings')
    .selectAll()
    .execute();
  expect(rows).toHaveLength(1);
  await world.desk.crossings.record({ ...crossing, crossing: { ...crossing.crossing, at: 1 as Micros } });
  const count = world.store.as<{ race_stray_crossings: object }>().selectFrom('race_stray_crossings').selectAll();
  expect(await count.execute()).toHaveLength(2);
});

it.each([
  ['as the rules have it by default', {}, seconds(1)],
  ['and not where they do not want it', { warnBeforeGo: false }, undefined],
])(
  'a car that is cleared in its run warns before it moves, %s; at the start of a run it never does',
  async (_, rule, warning) => {
    await world.openRace({ rules: rules(rule) });
    const runId = await world.startRun();
    expect(world.cars.warnings).toEqual([undefined]);
    world.cars.answer = { outcome: 'done', safety: 'disarmed', message: null };
    await world.give({ type: 'clear-car', car: 'blue' as CarId });
    await expect.poll(() => world.cars.warnings).toEqual([undefined, warning]);
    // It warns already: it is not told again.
    world.cars.answer = { outcome: 'refused', safety: 'starting', message: 'There is nothing to clear.' };
    await world.give({ type: 'clear-car', car: 'blue' as CarId });
    await world.give({ type: 'pause', runId });
    await world.give({ type: 'resume', runId });
    await expect.poll(() => world.cars.warnings).toEqual([undefined, warning, undefined]);
  },
);

it('clears a car that stopped itself, and lets it go on where its run is running', async () => {
  await world.openRace();
  const runId = await world.startRun();
  world.cars.orders.length = 0;
  world.cars.answer = { outcome: 'done', safety: 'disarmed', message: null };
  await world.give({ type: 'clear-car', car: 'blue' as CarId });
  await expect.poll(() => world.cars.orders).toEqual(['clear blue', 'start blue']);
  // It stands disarmed, since it refused an earlier start: there is nothing to clear, and it goes on all the same.
  world.cars.orders.length = 0;
  world.cars.answer = { outcome: 'refused', safety: 'disarmed', message: 'There is nothing to clear.' };
  await world.give({ type: 'clear-car', car: 'blue' as CarId });
  await expect.poll(() => world.cars.orders).toEqual(['clear blue', 'start blue']);
  world.cars.answer = { outcome: 'done', safety: 'stopped', message: null };
  await world.give({ type: 'pause', runId });
  await expect.poll(() => world.cars.orders.at(-1)).toBe('stop blue');
  await world.give({ type: 'clear-car', car: 'blue' as CarId });
  expect(world.cars.orders.at(-1)).toBe('clear blue');
  const { records } = await world.desk.log(race, 0, 1000);
  const cleared = records.filter(({ event }) => event.type === 'car-answered' && event.command === 'clear');
  expect(cleared.map(({ who, event }) => [who, event])).toEqual([
    [expect.not.stringMatching(/^desk$/), expect.objectContaining({ runId, outcome: 'done' })],
    [expect.not.stringMatching(/^desk$/), expect.objectContaining({ runId, outcome: 'refused' })],
    [expect.not.stringMatching(/^desk$/), expect.objectContaining({ runId, outcome: 'done' })],
  ]);
});
