import { type RaceCommand, reduce } from '@pitwall/protocol/race';
import fc from 'fast-check';
import { v7 as uuidv7 } from 'uuid';
import { expect, it } from 'vitest';
import { engines, freshDatabase } from '../../../testing/databases.js';
import { DeskWorld, race, seconds } from '../../../testing/desk-world.js';
import { RaceDesk, verifyChain } from '../index.js';

type Step = 'cross' | 'again' | 'pass' | 'incident' | 'pause' | 'resume' | 'stop' | 'undo' | 'both' | 'restart';

const steps = fc.array(
  fc.constantFrom<Step>(
    'cross',
    'cross',
    'cross',
    'again',
    'pass',
    'pass',
    'incident',
    'pause',
    'resume',
    'stop',
    'undo',
    'both',
    'restart',
  ),
  { minLength: 5, maxLength: 25 },
);

function commandOf(step: Step, runId: string, seq: number): RaceCommand | undefined {
  switch (step) {
    case 'incident':
      return { type: 'incident', runId, kind: 'reset' };
    case 'pause':
    case 'resume':
      return { type: step, runId };
    case 'stop':
      return { type: 'technical-stop', runId, reason: 'battery' };
    case 'undo':
      return { type: 'undo', target: seq };
    default:
      return undefined;
  }
}

async function walk(world: DeskWorld, path: readonly Step[]): Promise<void> {
  await world.openRace({
    rules: { name: 'test', timeLimit: null, holdoff: seconds(0), plausible: { min: seconds(0), max: seconds(900) } },
  });
  const runId = await world.startRun();
  const sent: ReturnType<DeskWorld['crossing']>[] = [];
  for (const step of path) {
    if (step === 'cross') {
      sent.push(world.crossing());
      await world.desk.crossings.record(sent.at(-1)!);
    } else if (step === 'again' && sent.length > 0)
      await Promise.all(sent.map((crossing) => world.desk.crossings.record(crossing)));
    else if (step === 'pass') world.time.pass(seconds(3));
    else if (step === 'restart') {
      const before = await world.state();
      await world.restart();
      // A car's answer may have come since.
      const { records } = await world.desk.log(race, 0, 10_000);
      expect(reduce(records.slice(0, before.seq))).toEqual(before);
    } else if (step === 'both') {
      const { seq } = await world.state();
      const finish = () =>
        world.desk.command(
          race,
          { commandId: uuidv7(), seen: seq, command: { type: 'incident', runId, kind: 'off-track' } },
          'm',
        );
      const outcomes = await Promise.allSettled([finish(), finish()]);
      expect(outcomes.filter(({ status }) => status === 'fulfilled').length).toBeLessThanOrEqual(1);
    } else {
      const { seq } = await world.state();
      const command = commandOf(step, runId, seq);
      if (command !== undefined)
        await world.give(command).catch((error) => expect(error.code).toMatch(/^race-(refused|conflict)$/));
    }
  }
  const { records } = await world.desk.log(race, 0, 10_000);
  verifyChain(records);
  const state = await world.state();
  expect(reduce((await world.desk.log(race, 0, state.seq)).records)).toEqual(state);
  const crossings = records.filter(({ event }) => event.type === 'crossing');
  expect(crossings).toHaveLength(sent.length);
}

it.each(engines)(
  'whatever happens, and however often it starts again, the desk is what its log says: %s',
  async (engine) => {
    await fc.assert(
      fc.asyncProperty(steps, async (path) => {
        const world = await new DeskWorld({}, await freshDatabase(engine)).start();
        try {
          await walk(world, path);
        } finally {
          await world.stop();
        }
      }),
      { numRuns: engine === 'sqlite' ? 25 : 8, endOnFailure: true },
    );
  },
  300_000,
);

it.each(engines)(
  'two desks on one database never both write the same record: %s',
  async (engine) => {
    const database = await freshDatabase(engine);
    const world = await new DeskWorld({}, database).start();
    await world.openRace();
    const runId = await world.startRun();
    const other = await new DeskWorld({}, database).start();
    expect(other.desk).toBeInstanceOf(RaceDesk);
    await world.give({ type: 'incident', runId, kind: 'reset' });
    // The other one has not heard of it: its record would have the same number.
    const { seq } = await other.state();
    const late = { commandId: uuidv7(), seen: seq, command: { type: 'finish' as const, runId } };
    await expect(other.desk.command(race, late, 'ben')).rejects.toMatchObject({ code: 'race-conflict' });
    other.time.pass(seconds(1));
    await other.give({ type: 'finish', runId });
    expect((await other.run(runId)).phase).toBe('over');
    await other.restart();
    verifyChain((await other.desk.log(race, 0, 1000)).records);
    await other.stop();
    await world.stop();
  },
  60_000,
);
