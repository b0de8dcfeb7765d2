import type { GateId, RaceId, RacerId, Sha256 } from '@pitwall/protocol';
import type { RaceCommand } from '@pitwall/protocol/race';
import { v7 as uuidv7 } from 'uuid';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { car, DeskWorld, model, race, rules, seconds, setup } from '../../../testing/desk-world.js';

let world: DeskWorld;
beforeEach(async () => {
  world = await new DeskWorld().start();
});
afterEach(() => world.stop());

const call = async (racer = 'anna') => {
  const runId = uuidv7();
  await world.give({ type: 'call', runId, racer } as never);
  await world.give({ type: 'stage', runId });
  return runId;
};

describe('the interlock', () => {
  it.each([
    ['car-online', () => Object.assign(world.cars, { online: false }), 'car blue is not online'],
    ['model-entered', () => Object.assign(world.cars, { model: 'e'.repeat(64) }), 'none of those entered'],
    ['model-entered', () => Object.assign(world.cars, { model: null }), 'no model loaded'],
    ['gate-healthy', () => Object.assign(world, { gateOk: false }), 'gate line is gone'],
    ['e-stop-tested', () => world.time.pass(seconds(86_400)), 'not tested today'],
  ])('asks for %s', async (check, spoil, detail) => {
    await world.openRace();
    const runId = await call();
    spoil();
    const refusal = expect.objectContaining({ code: 'race-refused', message: expect.stringContaining(detail) });
    await expect(world.give({ type: 'ready', runId })).rejects.toEqual(refusal);
    await world.give({ type: 'ready', runId, overrule: 'I see the car' });
    const { interlock } = await world.run(runId);
    expect(interlock).toMatchObject({ overruled: 'I see the car' });
    expect(interlock?.checks).toContainEqual(expect.objectContaining({ check, ok: false }));
  });

  it('is passed when all is well, and logged', async () => {
    await world.openRace();
    const runId = await call();
    await world.give({ type: 'ready', runId });
    const { interlock } = await world.run(runId);
    expect(interlock?.overruled).toBeNull();
    expect(interlock?.checks.map(({ check, ok }) => [check, ok])).toEqual([
      ['car-online', true],
      ['model-entered', true],
      ['car-armable', true],
      ['e-stop-tested', true],
      ['gate-healthy', true],
      ['gate-free', true],
    ]);
  });

  it('asks the car whether it could be armed now, so that no start is refused after the countdown', async () => {
    await world.openRace();
    const runId = await call();
    world.cars.armable = { ok: false, missing: ['the camera sends no fresh frames (check it)'], warnings: [] };
    await expect(world.give({ type: 'ready', runId })).rejects.toThrow(
      /car blue cannot be armed now: the camera sends no fresh frames \(check it\)\. Put it right, or overrule/,
    );
    world.cars.armable = undefined;
    await expect(world.give({ type: 'ready', runId })).rejects.toThrow(/does not say whether it could be armed/);
    world.cars.armable = { ok: true, missing: [], warnings: [] };
    await world.give({ type: 'ready', runId });
    expect((await world.run(runId)).interlock?.checks).toContainEqual({
      check: 'car-armable',
      ok: true,
      detail: 'car blue could be armed now',
    });
  });

  it('wants a warning accepted in so many words, and logs that it was', async () => {
    await world.openRace();
    const runId = await call();
    const warning = 'its model was trained with two cameras and sees the picture of one twice';
    const detail = `car blue: ${warning}`;
    world.cars.armable = { ok: true, missing: [], warnings: [warning] };
    await expect(world.give({ type: 'ready', runId })).rejects.toMatchObject({
      message: `Not ready: ${detail}. Accept it, or put it right.`,
      details: { checks: expect.arrayContaining([{ check: 'car-armable', ok: false, level: 'warning', detail }]) },
    });
    // What somebody accepted who saw something else is not accepted.
    await expect(world.give({ type: 'ready', runId, accept: ['another warning'] })).rejects.toThrow(/Accept it/);
    // A refusal beside it is not accepted by that.
    world.gateOk = false;
    await expect(world.give({ type: 'ready', runId, accept: [detail] })).rejects.toThrow(
      /Not ready: gate line is gone/,
    );
    world.gateOk = true;
    await world.give({ type: 'ready', runId, accept: [detail] });
    expect((await world.run(runId)).interlock).toMatchObject({ overruled: null, accepted: [detail] });
    const { event, who } = await world.heard('run-ready');
    expect({ event, who }).toMatchObject({ event: { accepted: [detail], overruled: null }, who: 'mara' });
  });

  it('asks nothing of a car that Pitwall does not drive, and commands it nothing', async () => {
    await world.openRace({ car: 'any' });
    world.cars.orders.length = 0;
    Object.assign(world.cars, { online: false, model: null });
    const runId = await call();
    await world.give({ type: 'ready', runId });
    await world.give({ type: 'start', runId });
    await world.laps(10);
    await world.give({ type: 'finish', runId });
    await world.give({ type: 'confirm', runId });
    expect(await world.run(runId)).toMatchObject({ declared: true, phase: 'confirmed' });
    expect(world.cars.orders).toEqual([]);
    expect(world.results).toMatchObject([{ model: { hash: model }, laps: [{ model }] }]);
  });

  it('asks of a simulated car no e-stop test but the very model that is staged, and sends a virtual result', async () => {
    const line = 'live-friday' as GateId;
    await world.openRace({ car: 'simulated', gates: [line] });
    const simulator = { version: '1', seed: 7 };
    world.cars.about = () => ({ online: true, model: { hash: world.cars.model as Sha256, name: 'fast' }, simulator });
    world.cars.model = 'b'.repeat(64) as Sha256;
    const runId = await call();
    await expect(world.give({ type: 'ready', runId })).rejects.toThrow(/not the one that is staged/);
    world.cars.model = model;
    await world.give({ type: 'ready', runId });
    expect((await world.run(runId)).interlock?.checks.map(({ check }) => check)).toEqual([
      'car-online',
      'model-entered',
      'car-armable',
      'gate-healthy',
      'gate-free',
    ]);
    await world.give({ type: 'start', runId });
    await world.cross(undefined, line);
    world.time.pass(seconds(10));
    await world.cross(undefined, line);
    await world.give({ type: 'finish', runId });
    await world.give({ type: 'confirm', runId });
    expect(world.cars.orders).toContain('start live-friday');
    expect(world.results).toMatchObject([
      {
        laps: [{ time: seconds(10) }],
        provenance: { kind: 'virtual', race: 'friday', simulatorVersion: '1', seed: 7 },
      },
    ]);
  });

  it('does not take an e-stop for tested that the car did not answer', async () => {
    await world.openRace();
    world.cars.answer = { outcome: 'silent', safety: null, message: 'no answer within 2 s' };
    await expect(world.give({ type: 'test-e-stop', car })).rejects.toMatchObject({ code: 'race-refused' });
  });
});

describe('the car', () => {
  it('is told to go and to stop, and what it says is shown', async () => {
    await world.openRace();
    const runId = await world.startRun();
    world.cars.answer = { outcome: 'refused', safety: 'faulted', message: 'battery low' };
    await world.give({ type: 'red-flag', runId });
    await world.heard('car-answered');
    world.cars.answer = { outcome: 'done', safety: 'stopped', message: null };
    await world.give({ type: 'resume', runId });
    world.time.pass(seconds(60));
    await world.heard('time-expired');
    expect(world.cars.orders.slice(2)).toEqual(['start blue', 'stop blue', 'start blue', 'stop blue']);
    const { records } = await world.desk.log(race, 0, 1000);
    const answers = records.flatMap(({ event }) =>
      event.type === 'car-answered' ? [[event.command, event.outcome, event.message]] : [],
    );
    expect(answers.slice(0, 3)).toEqual([
      ['start', 'done', null],
      ['stop', 'refused', 'battery low'],
      ['start', 'done', null],
    ]);
  });

  it('is stopped at once by an e-stop, whatever version the marshal saw', async () => {
    await world.openRace();
    const runId = await world.startRun();
    const command = { commandId: uuidv7(), seen: 0, command: { type: 'e-stop' as const, car } };
    await world.desk.command(race, command, 'ben');
    await world.heard('car-answered', (event) => event.type === 'car-answered' && event.command === 'e-stop');
    expect(world.cars.orders.slice(2)).toEqual(['start blue', 'e-stop blue']);
    expect(await world.run(runId)).toMatchObject({
      phase: 'paused',
      pausedBy: 'e-stop',
      carAnswer: { command: 'e-stop', outcome: 'done' },
    });
  });
});

describe('several marshals', () => {
  it('never both win, and the one who comes second hears what changed', async () => {
    await world.openRace();
    const runId = await world.startRun();
    const { seq } = await world.state();
    const give = (who: string, type: 'finish' | 'pause') =>
      world.desk.command(race, { commandId: uuidv7(), seen: seq, command: { type, runId } }, who);
    const outcomes = await Promise.allSettled([give('mara', 'finish'), give('ben', 'pause')]);
    expect(outcomes.map(({ status }) => status)).toEqual(['fulfilled', 'rejected']);
    expect((outcomes[1] as PromiseRejectedResult).reason).toMatchObject({
      code: 'race-conflict',
      message: expect.stringContaining('finished by mara'),
      details: { changes: [{ who: 'mara', event: { type: 'finished' } }] },
    });
  });

  it('apply a command once that is sent twice at the same time', async () => {
    await world.openRace();
    const runId = await world.startRun();
    const { seq } = await world.state();
    const request = {
      commandId: uuidv7(),
      seen: seq,
      command: { type: 'incident' as const, runId, kind: 'reset' as const },
    };
    const outcomes = await Promise.all([
      world.desk.command(race, request, 'a'),
      world.desk.command(race, request, 'a'),
    ]);
    expect(outcomes.map(({ repeated }) => repeated)).toEqual([false, true]);
    expect(outcomes[0]?.records).toEqual(outcomes[1]?.records);
  });
});

describe('deadlines', () => {
  it('of protests and of the time for them pass by events', async () => {
    await world.openRace();
    const runId = await world.startRun();
    await world.laps(10);
    await world.give({ type: 'finish', runId });
    await world.give({ type: 'confirm', runId });
    await world.give({ type: 'close' });
    const protest = {
      protestId: uuidv7(),
      runId,
      by: 'ben',
      text: 'off track',
      decideBy: (world.time.wall + 60_000) as never,
    };
    await world.give({ type: 'file-protest', ...protest });
    world.time.pass(seconds(61));
    await world.heard('protest-expired');
    await expect(world.give({ type: 'declare-official' })).rejects.toMatchObject({ code: 'race-refused' });
    world.time.wall += 900_000;
    world.time.pass(seconds(60));
    await world.heard('protest-time-ended');
    await world.give({ type: 'declare-official' });
    expect((await world.state()).phase).toBe('official');
  });

  it('of a countdown starts the car', async () => {
    await world.openRace({ rules: { name: 'test', start: 'countdown', countdown: seconds(10) } });
    const runId = await world.startRun();
    expect(world.cars.orders).not.toContain('start blue');
    world.time.pass(seconds(10));
    await world.heard('countdown-ended');
    expect((await world.run(runId)).phase).toBe('running');
    expect(world.cars.orders.at(-1)).toBe('start blue');
  });
});

describe('a restart', () => {
  it('on the same clock goes on; time that ran out meanwhile is found', async () => {
    await world.openRace();
    const runId = await world.startRun();
    await world.laps(10);
    world.time.forgetTimers();
    world.time.pass(seconds(90));
    await world.restart();
    world.time.pass(1);
    await world.heard('time-expired');
    expect(await world.run(runId)).toMatchObject({ phase: 'over', clock: { elapsed: seconds(60) } });
    expect(world.cars.orders.at(-1)).toBe('stop blue');
  });

  it('on another clock says that the lap was interrupted; the clock of the gate still times it', async () => {
    await world.openRace();
    const runId = await world.startRun();
    await world.laps(10);
    world.time.pass(seconds(4));
    const gateNow = world.time.at + world.gateOffset;
    world.time.reboot();
    world.gateOffset = gateNow + seconds(3) - world.time.at;
    await world.restart();
    world.time.pass(seconds(2));
    await world.cross();
    const run = await world.run(runId);
    expect(run.laps).toMatchObject([{ marks: [] }, { time: seconds(9), marks: ['interrupted'] }]);
    expect(run).toMatchObject({ interrupted: true, phase: 'running' });
    expect((await world.heard('clock-restarted')).event).toMatchObject({ from: 'boot-1' });
  });

  it.each([
    ['a stop that it did not answer is told again', true, ['stop blue']],
    ['a start is not: nobody may be looking any more', false, []],
  ])('%s', async (_what, stops, expected) => {
    world.cars.order = async () => await new Promise(() => undefined);
    await world.desk.create({ race, commandId: uuidv7(), setup: setup() }, 'mara');
    await world.give({ type: 'open' });
    await world.enter('anna');
    const runId = await call();
    await world.give({ type: 'ready', runId, overrule: 'no test' });
    await world.give({ type: 'start', runId });
    if (stops) await world.give({ type: 'finish', runId });
    const orders: string[] = [];
    world.cars.order = async (to, order) => {
      orders.push(`${order} ${to}`);
      return world.cars.answer;
    };
    await world.restart();
    expect(orders).toEqual(expected);
  });

  it.each([
    ['its last lap', async () => void (await world.laps(10))],
    [
      'a technical stop and its last lap',
      async (runId: string) => {
        await world.give({ type: 'technical-stop', runId, reason: 'a wheel' });
        await world.give({ type: 'resume', runId });
        await world.laps(10);
      },
    ],
    ['a discard', async (runId: string) => void (await world.give({ type: 'discard', runId, reason: 'wrong car' }))],
  ])('a car that was still driving when %s had ended its run is told to stop', async (_what, ends) => {
    await world.openRace({ rules: rules({ lapLimit: 1 }) });
    const runId = await world.startRun();
    // The process ends after the record is on disk, before the car hears of it.
    world.cars.order = async () => await new Promise(() => undefined);
    await ends(runId);
    const orders: string[] = [];
    world.cars.order = async (to, order) => {
      orders.push(`${order} ${to}`);
      return world.cars.answer;
    };
    await world.restart();
    const at = { bootId: world.time.bootId, at: world.time.at };
    world.desk.carMoves(car, { driving: true, safety: 'driving', reason: null, runSpeed: 100, scale: 100, at });
    expect(orders).toEqual(['stop blue']);
  });
});

describe('a damaged log', () => {
  it.each([
    ['changed', `update race_log set event = replace(event, '"racer":"anna"', '"racer":"ben"') where seq = 3`],
    ['cut out', 'delete from race_log where seq = 3'],
    ['reordered', 'update race_log set seq = 100 where seq = 3'],
  ])('is noticed when a record was %s', async (_what, damage) => {
    await world.openRace();
    const { sql } = await import('kysely');
    await sql.raw(damage).execute(world.store.as());
    await world.restart();
    await expect(world.state()).rejects.toMatchObject({ code: 'log-invalid' });
  });
});

describe('a split gate', () => {
  it('is listened to, gives sectors, and is no gate of the result', async () => {
    const split = 'hairpin' as GateId;
    await world.openRace({ splits: [split] });
    const runId = await world.startRun();
    await world.cross();
    for (const through of [split, undefined, split, undefined]) {
      world.time.pass(seconds(5));
      await world.cross(world.time.at, through);
    }
    await world.give({ type: 'finish', runId });
    await world.give({ type: 'confirm', runId });
    const { laps, interlock } = await world.run(runId);
    expect(laps.map(({ time, sectors }) => [time, ...sectors.map((sector) => sector.time)])).toEqual(
      [0, 1].map(() => [seconds(10), seconds(5), seconds(5)]),
    );
    // A lap has a time without it, so that the interlock does not ask for it.
    expect(interlock?.checks.filter(({ check }) => check === 'gate-healthy')).toHaveLength(1);
    expect(world.results[0]?.provenance).toMatchObject({ gates: [{ gate: 'line' }] });
  });

  it('is free for one race at a time', async () => {
    const split = 'hairpin' as GateId;
    await world.openRace({ splits: [split] });
    await world.startRun();
    const other = 'other' as RaceId;
    await world.desk.create({ race: other, commandId: uuidv7(), setup: setup({ gates: [split], car: 'any' }) }, 'mara');
    const give = async (command: RaceCommand) =>
      await world.desk.command(
        other,
        { commandId: uuidv7(), seen: (await world.desk.state(other)).seq, command },
        'mara',
      );
    await give({ type: 'open' });
    await give({ type: 'enter', entry: { racer: 'ben' as RacerId, alias: 'ben', car: null, models: [] } });
    const runId = uuidv7();
    await give({ type: 'call', runId, racer: 'ben' as RacerId });
    await give({ type: 'stage', runId });
    await expect(give({ type: 'ready', runId })).rejects.toMatchObject({
      code: 'race-refused',
      message: expect.stringContaining('friday has a run on the same gate'),
    });
  });
});
