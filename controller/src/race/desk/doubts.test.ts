import { afterEach, beforeEach, expect, it } from 'vitest';
import { DeskWorld, seconds } from '../../../testing/desk-world.js';

let world: DeskWorld;
beforeEach(async () => {
  world = await new DeskWorld().start();
});
afterEach(() => world.stop());

/** Laps of 10 s, in the fourth of which somebody's hand was in the beam. */
async function handInTheBeam(): Promise<string> {
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10, 10, 10, 5, 5, 10);
  await world.give({ type: 'finish', runId });
  return runId;
}
const lapsOf = async (runId: string) =>
  (await world.run(runId)).laps.map(({ time, valid, doubt }) => [(time ?? 0) / 1e6, valid, doubt]);

it('a hand in the beam makes no lap that counts, and confirming asks about it with both scores', async () => {
  const runId = await handInTheBeam();
  expect(await lapsOf(runId)).toEqual([
    [10, true, null],
    [10, true, null],
    [10, true, null],
    [5, false, 'half-lap'],
    [5, false, 'half-lap'],
    [10, true, null],
  ]);
  const refusal = await world.give({ type: 'confirm', runId }).catch((error: unknown) => error);
  expect(refusal).toMatchObject({
    code: 'doubts-open',
    details: {
      doubts: [
        { lap: 4, without: { score: seconds(10), place: 1 }, counted: { score: seconds(5), place: 1 } },
        { lap: 5, without: { score: seconds(10), place: 1 }, counted: { score: seconds(5), place: 1 } },
      ],
    },
  });
  await world.give({ type: 'confirm', runId, withoutDoubtful: true });
  const log = await world.desk.log((await world.state()).race, 0, 1000);
  const confirmed = log.records.findLast(({ event }) => event.type === 'confirmed')?.event;
  expect(confirmed).toMatchObject({ withoutDoubtful: [expect.any(Number), expect.any(Number)] });
  expect(world.results[0]?.laps.filter(({ valid }) => valid)).toHaveLength(4);
});

it('the other reading makes one lap of the two; undone, they are two again', async () => {
  const runId = await handInTheBeam();
  const [, , , half] = (await world.run(runId)).laps;
  const crossing = half?.crossing as number;
  const read = await world.give({ type: 'other-reading', crossing, reason: 'a hand' });
  expect((await lapsOf(runId)).map(([time]) => time)).toEqual([10, 10, 10, 10, 10]);
  await world.give({ type: 'undo', target: read });
  expect((await lapsOf(runId)).map(([time]) => time)).toEqual([10, 10, 10, 5, 5, 10]);
});

it('a result says who decided about a lap, which laps are parts of one, and by which rules crossings were read', async () => {
  const runId = await handInTheBeam();
  const { laps } = await world.run(runId);
  for (const valid of [laps[3], laps[4]])
    await world.give({
      type: 'edit-lap',
      runId,
      crossing: valid?.crossing as number,
      valid: false,
      reason: 'a hand in the beam',
    });
  await world.give({ type: 'split-lap', runId, crossing: laps[0]?.crossing as number, parts: 2, reason: 'missed' });
  await world.give({ type: 'confirm', runId });
  const [result] = world.results;
  expect(result).toMatchObject({ reading: 2 });
  expect(result?.laps.slice(0, 2)).toMatchObject([
    { time: seconds(5), part: { first: 1, of: 2 } },
    { time: seconds(5), part: { first: 1, of: 2 } },
  ]);
  expect(result?.laps[4]).toMatchObject({ valid: false, decided: { doubt: 'half-lap', by: 'mara' } });
  // Parts of a lap are no best lap.
  expect((await world.run(runId)).score).toBe(seconds(10));
});

it('laps typed from a stopwatch stand instead of what was timed, and say so', async () => {
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10);
  const typed = [{ time: seconds(9.87), uncertainty: seconds(0.2) }];
  await world.give({ type: 'type-laps', runId, laps: typed, reason: 'the gate fell over' });
  await world.give({ type: 'confirm', runId });
  expect(world.results[0]?.laps).toMatchObject([{ time: seconds(9.87), uncertainty: seconds(0.2), fromPaper: true }]);
});
