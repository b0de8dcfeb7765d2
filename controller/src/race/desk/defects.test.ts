import type { GateId, RaceId } from '@pitwall/protocol';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { DeskWorld, gate, race, rules, seconds, setup } from '../../../testing/desk-world.js';

/** One test for each defect that is known of the systems before this one. */
let world: DeskWorld;
beforeEach(async () => {
  world = await new DeskWorld().start();
});
afterEach(() => world.stop());

const times = async (runId: string) => (await world.run(runId)).laps.map(({ time }) => (time ?? 0) / 1e6);

it('after a false finish is undone, the run is open again and the car stands until somebody lets it go', async () => {
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10);
  world.time.pass(seconds(3));
  const finish = await world.give({ type: 'finish', runId });
  world.time.pass(seconds(6));
  await world.cross();
  await world.give({ type: 'undo', target: finish });
  expect(await world.run(runId)).toMatchObject({
    phase: 'paused',
    pausedBy: 'correction',
    clock: { elapsed: seconds(13), since: null },
  });
  expect(world.cars.orders.slice(2)).toEqual(['start blue', 'stop blue']);
  world.time.pass(seconds(2));
  await world.give({ type: 'resume', runId });
  expect(world.cars.orders.slice(2)).toEqual(['start blue', 'stop blue', 'start blue']);
  world.time.pass(seconds(7));
  await world.cross();
  // Three seconds before the false finish and seven after it went on.
  expect(await times(runId)).toEqual([10, 10]);
});

it('an automatic lap does not include a pause, and a crossing in the pause is none', async () => {
  await world.openRace();
  const runId = await world.startRun();
  await world.cross();
  world.time.pass(seconds(4));
  await world.give({ type: 'pause', runId });
  world.time.pass(seconds(50));
  await world.cross();
  world.time.pass(seconds(50));
  await world.give({ type: 'resume', runId });
  world.time.pass(seconds(6));
  await world.cross();
  expect((await world.run(runId)).laps).toMatchObject([{ time: seconds(10), marks: ['paused'] }]);
});

it('a racer with invalid laps only is confirmed whole; the same request again makes no duplicate', async () => {
  await world.openRace({ rules: { name: 'test', plausible: { min: seconds(1.5), max: seconds(2) } } });
  const runId = await world.startRun();
  await world.laps(10, 10);
  await world.give({ type: 'finish', runId });
  const request = {
    commandId: uuidv7(),
    seen: (await world.state()).seq,
    command: { type: 'confirm' as const, runId },
  };
  const first = await world.desk.command(race, request, 'mara');
  const again = await world.desk.command(race, request, 'mara');
  expect(again).toMatchObject({ repeated: true, records: first.records });
  await world.restart();
  expect((await world.desk.command(race, request, 'mara')).repeated).toBe(true);
  expect(world.results).toMatchObject([{ resultId: runId, laps: [{ valid: false }, { valid: false }] }]);
});

it('a result that cannot be stored loses nothing: the run stands as it was, and is confirmed later', async () => {
  let fails = true;
  const sent: string[] = [];
  await world.stop();
  world = await new DeskWorld({
    outbox: {
      enqueue: async (_transaction, _leaderboard, result) => {
        if (fails) throw new Error('disk full');
        sent.push(result.resultId);
      },
    },
  }).start();
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10);
  await world.give({ type: 'finish', runId });
  const before = await world.state();
  await expect(world.give({ type: 'confirm', runId })).rejects.toMatchObject({ code: 'store-unavailable' });
  expect(await world.state()).toEqual(before);
  fails = false;
  await world.give({ type: 'confirm', runId });
  expect(sent).toEqual([runId]);
  await world.restart();
  expect((await world.run(runId)).phase).toBe('confirmed');
});

it('a page that is loaded again shows the same clock, laps and state', async () => {
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10);
  world.time.pass(seconds(3));
  const page = await world.run(runId);
  expect(page.clock).toEqual({ elapsed: 0, since: { bootId: 'boot-1', at: seconds(1000) } });
  expect(page.underWay).toMatchObject({ lap: 2, since: { at: seconds(1010) } });
  expect(await world.run(runId)).toEqual(page);
});

it('a change of the rules cannot touch a race that is open', async () => {
  await world.openRace();
  const runId = await world.startRun();
  const change = { type: 'change' as const, setup: setup({ rules: rules({ timeLimit: seconds(5) }) }) };
  await expect(world.give(change)).rejects.toMatchObject({ code: 'race-refused' });
  expect((await world.run(runId)).limit).toBe(seconds(60));
});

it('track and gate "1" is not "10"', async () => {
  const one = 'race-1' as RaceId;
  const ten = 'race-10' as RaceId;
  for (const [id, line] of [
    [one, 'line-1'],
    [ten, 'line-10'],
  ] as const) {
    await world.desk.create({ race: id, commandId: uuidv7(), setup: setup({ gates: [line as GateId] }) }, 'mara');
    await world.desk.command(id, { commandId: uuidv7(), seen: 1, command: { type: 'open' } }, 'mara');
  }
  await world.cross(world.time.at, 'line-10' as GateId);
  expect((await world.desk.log(one, 0, 100)).records.filter(({ event }) => event.type === 'crossing')).toHaveLength(0);
  expect((await world.desk.log(ten, 0, 100)).records.filter(({ event }) => event.type === 'crossing')).toHaveLength(1);
});

it('two sensors on one line make one lap', async () => {
  const second = 'line-2' as GateId;
  await world.openRace({ gates: [gate, second] });
  const runId = await world.startRun();
  for (let lap = 0; lap < 3; lap += 1) {
    await world.cross();
    world.time.pass(30_000);
    await world.cross(world.time.at, second);
    world.time.pass(seconds(9.97));
  }
  expect(await times(runId)).toEqual([10, 10]);
  expect((await world.run(runId)).crossings.map(({ use }) => use)).toEqual([
    'opens',
    'same-passage',
    'closes',
    'same-passage',
    'closes',
    'same-passage',
  ]);
});

it('a lap that was given up is never the best', async () => {
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10);
  world.time.pass(seconds(3));
  await world.give({ type: 'did-not-finish', runId });
  await world.give({ type: 'finish', runId });
  await world.give({ type: 'confirm', runId });
  expect(await world.run(runId)).toMatchObject({ bestLap: seconds(10), laps: [{}, { time: null, valid: false }] });
  expect(world.results[0]?.laps).toHaveLength(1);
});
