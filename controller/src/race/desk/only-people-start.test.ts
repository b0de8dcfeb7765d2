import type { EpochMs, Micros, RacerId } from '@pitwall/protocol';
import type { RaceCommand, RaceCommandType, RaceEventType } from '@pitwall/protocol/race';
import { v7 as uuidv7 } from 'uuid';
import { afterAll, describe, expect, it } from 'vitest';
import { car, DeskWorld, gate, model, race, rules, seconds, setup } from '../../../testing/desk-world.js';

let world: DeskWorld;
/** What the world shows; undefined: something was done to it. */
let shown: string | undefined;

async function anew(): Promise<void> {
  await world?.stop();
  world = await new DeskWorld().start();
  shown = undefined;
  // It stands, and can be cleared.
  world.cars.answer = { outcome: 'done', safety: 'disarmed', message: null };
}
afterAll(async () => await world.stop());

/** A run that somebody could do something to; each resolves to its id. */
const scenes = {
  'the car waits for its start': async () => {
    const runId = uuidv7();
    await world.give({ type: 'call', runId, racer });
    await world.give({ type: 'stage', runId });
    await world.give({ type: 'ready', runId });
    return runId;
  },
  'the car drives': async () => {
    const runId = await world.startRun();
    await world.laps(10);
    world.time.pass(seconds(3));
    return runId;
  },
  'the run is paused': async () => {
    const runId = await world.startRun();
    await world.laps(10, 10);
    await world.give({ type: 'incident', runId, kind: 'reset' });
    await world.give({ type: 'red-flag', runId });
    return runId;
  },
  'the run is over after its laps, and somebody holds the car': async () => {
    const runId = await world.startRun();
    // The second lap may be none: three laps were agreed.
    await world.laps(10, 1.9, 8.1, 10);
    world.time.pass(seconds(5));
    expect((await world.run(runId)).phase).toBe('over');
    return runId;
  },
};

interface About {
  readonly runId: string;
  /** The record of the latest crossing that closed a lap, and of the latest incident. */
  readonly crossing: number;
  readonly incident: number;
}

const reason = 'because';
const racer = 'anna' as RacerId;
const entry = { racer: 'ben' as RacerId, alias: 'Ben', car, models: [{ hash: model, name: 'fast' }] };

/** What can be asked of the desk, as somebody would while the run is there. */
const commands: Record<Exclude<RaceCommandType, 'undo'>, (about: About) => RaceCommand> = {
  change: () => ({ type: 'change', setup: { ...setup(), car: 'any' } as never }),
  open: () => ({ type: 'open' }),
  'change-timing': () => {
    const { plausible, holdoff } = rules();
    return { type: 'change-timing', timing: { gates: [gate], plausible, holdoff }, reason };
  },
  close: () => ({ type: 'close' }),
  'declare-official': () => ({ type: 'declare-official', overrule: reason }),
  enter: () => ({ type: 'enter', entry }) as never,
  'change-entry': () => ({ type: 'change-entry', entry: { ...entry, racer } }) as never,
  'withdraw-entry': () => ({ type: 'withdraw-entry', racer, reason }),
  queue: () => ({ type: 'queue', racer }),
  skip: () => ({ type: 'skip', racer }),
  unqueue: () => ({ type: 'unqueue', racer }),
  move: () => ({ type: 'move', racer, place: 1 }),
  'close-entries': () => ({ type: 'close-entries' }),
  'roll-call': () => ({ type: 'roll-call' }),
  presence: () => ({ type: 'presence', racer, isHere: true }),
  call: () => ({ type: 'call', runId: uuidv7(), racer }),
  stage: ({ runId }) => ({ type: 'stage', runId }),
  ready: ({ runId }) => ({ type: 'ready', runId }),
  start: ({ runId }) => ({ type: 'start', runId }),
  pause: ({ runId }) => ({ type: 'pause', runId }),
  resume: ({ runId }) => ({ type: 'resume', runId }),
  'red-flag': ({ runId }) => ({ type: 'red-flag', runId }),
  'e-stop': () => ({ type: 'e-stop', car }),
  'test-e-stop': () => ({ type: 'test-e-stop', car }),
  'clear-car': () => ({ type: 'clear-car', car }),
  incident: ({ runId }) => ({ type: 'incident', runId, kind: 'reset' }),
  'did-not-finish': ({ runId }) => ({ type: 'did-not-finish', runId }),
  'technical-stop': ({ runId }) => ({ type: 'technical-stop', runId, reason }),
  'add-time': ({ runId }) => ({ type: 'add-time', runId, time: seconds(30), reason }),
  speed: ({ runId }) => ({ type: 'speed', runId, percent: 50 }),
  relaunch: ({ runId }) => ({ type: 'relaunch', runId, next: uuidv7(), reason }),
  finish: ({ runId }) => ({ type: 'finish', runId }),
  confirm: ({ runId }) => ({ type: 'confirm', runId, withoutDoubtful: true }),
  'type-laps': ({ runId }) => ({
    type: 'type-laps',
    runId,
    laps: [{ time: seconds(10), uncertainty: seconds(0.3) }],
    reason,
  }),
  discard: ({ runId }) => ({ type: 'discard', runId, reason }),
  reopen: ({ runId }) => ({ type: 'reopen', runId, reason }),
  'grant-rerun': ({ runId }) => ({ type: 'grant-rerun', runId, reason }),
  practice: () => ({ type: 'practice', runId: uuidv7(), car }),
  'ignore-crossing': ({ crossing }) => ({ type: 'ignore-crossing', crossing, reason }),
  'add-crossing': ({ runId }) => ({
    type: 'add-crossing',
    runId,
    at: { bootId: world.time.bootId, at: (world.time.at - seconds(4)) as Micros },
    uncertainty: seconds(0.5),
    reason,
  }),
  'edit-lap': ({ runId, crossing }) => ({ type: 'edit-lap', runId, crossing, valid: false, reason }),
  'other-reading': ({ crossing }) => ({ type: 'other-reading', crossing, reason }),
  'split-lap': ({ runId, crossing }) => ({ type: 'split-lap', runId, crossing, parts: 2, reason }),
  'move-incident': ({ runId, incident }) => ({ type: 'move-incident', runId, incident }),
  'file-protest': ({ runId }) => ({
    type: 'file-protest',
    protestId: uuidv7(),
    runId,
    by: 'ben',
    text: 'x',
    decideBy: (world.time.epoch() + 600_000) as EpochMs,
  }),
  'decide-protest': () => ({ type: 'decide-protest', protestId: uuidv7(), upheld: true, reason }),
  'draw-finals': () => ({ type: 'draw-finals' }),
};

/** Where a person lets a car go, by which command. */
const goes: Record<keyof typeof scenes, readonly RaceCommandType[]> = {
  'the car waits for its start': ['start'],
  // It stands after all, and is cleared.
  'the car drives': ['clear-car'],
  'the run is paused': ['resume'],
  'the run is over after its laps, and somebody holds the car': [],
};

const starts = () => world.cars.orders.filter((order) => order === `start ${car}`).length;

/** Gives it, and answers whether it was done, and whether the car was told to go. */
async function tried(command: RaceCommand): Promise<{ done: boolean; went: boolean }> {
  const before = starts();
  const done = await world.give(command).then(
    () => true,
    (error: { code: string }) => {
      expect(error.code).toBe('race-refused');
      return false;
    },
  );
  // What was written after it, and anything that falls due.
  await world.state();
  return { done, went: starts() > before };
}

describe.each(Object.entries(scenes))('while %s', (scene, begin) => {
  let runId: string;
  it.each(Object.entries(commands))(
    '%s, and undoing anything after it, lets no car go unless a person does',
    async (type, commandOf) => {
      if (shown !== scene) {
        await anew();
        await world.openRace({ rules: { name: 'test', lapLimit: 3 } as never });
        runId = await begin();
        shown = scene;
      }
      const { records } = await world.desk.log(race, 0, 1000);
      const latest = (of: RaceEventType) => records.findLast(({ event }) => event.type === of)?.seq ?? 1;
      const crossing = (await world.run(runId)).laps.at(-1)?.crossing ?? latest('crossing');
      const given = await tried(commandOf({ runId, crossing, incident: latest('incident') }));
      expect(given.went).toBe(goes[scene as keyof typeof scenes].includes(type as RaceCommandType));
      // Where it was refused nothing changed; that is tried once.
      if (!given.done && type !== 'open') return;
      shown = undefined;
      const { seq } = await world.state();
      const from = records.findLast(({ event }) => event.type === 'run-called')?.seq ?? seq;
      for (let target = seq; target >= from; target -= 1) {
        const undone = await tried({ type: 'undo', target });
        expect(undone.went).toBe(false);
        if (!undone.done) continue;
        const after = (await world.desk.log(race, seq, 1000)).records;
        const undo = after.findLast(({ event }) => event.type === 'undone')?.seq as number;
        expect((await tried({ type: 'undo', target: undo })).went).toBe(false);
      }
    },
  );
});

it('a red flag that is undone in a countdown does not let it go on', async () => {
  await anew();
  await world.openRace({ rules: { name: 'test', start: 'countdown', countdown: seconds(10) } as never });
  const runId = await world.startRun();
  const flag = await world.give({ type: 'red-flag', runId });
  await world.give({ type: 'undo', target: flag });
  world.time.pass(seconds(30));
  expect(await world.run(runId)).toMatchObject({ phase: 'ready', countdown: null });
  await world.give({ type: 'start', runId });
  expect(starts()).toBe(0);
  world.time.pass(seconds(10));
  await world.heard('countdown-ended');
  await world.state();
  expect(starts()).toBe(1);
});

it('stops the car whose start after an e-stop is undone', async () => {
  await anew();
  await world.openRace();
  const runId = await world.startRun();
  await world.laps(10);
  await world.give({ type: 'e-stop', car });
  await world.give({ type: 'clear-car', car });
  await world.give({ type: 'resume', runId });
  world.cars.orders.length = 0;
  const { seq } = await world.state();
  const undone = (await world.desk.log(race, 0, 1000)).records.findLast(({ event }) => event.type === 'resumed');
  expect(undone?.seq).toBeLessThanOrEqual(seq);
  await world.give({ type: 'undo', target: undone?.seq, reason } as never);
  expect(await world.run(runId)).toMatchObject({ phase: 'paused', pausedBy: 'e-stop' });
  expect(world.cars.orders).toEqual([expect.stringContaining('stop')]);
});
