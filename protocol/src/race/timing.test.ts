import { describe, expect, it } from 'vitest';
import { car, gate, model, otherCar, otherModel, runId, seconds, TestRace } from '../../testing/test-race.js';
import type { BootId, GateId, Micros } from '../brand.js';

const id = runId(1);
const other = 'line-2' as GateId;

describe('starts', () => {
  it('by key: the clock runs from the key, the first lap from the first crossing', () => {
    const race = TestRace.open();
    race.start();
    race.pass(2);
    race.laps(10);
    expect(race.times()).toEqual([10]);
    expect(race.run().clock.since?.at).toBe(race.run().startedAt?.at);
    expect(race.run().startedAt?.at).toBe(seconds(100));
  });

  it('by key, the first lap from the signal', () => {
    const race = TestRace.open({ firstLap: 'signal' });
    race.start();
    race.pass(11);
    race.laps(10);
    expect(race.times()).toEqual([11, 10]);
  });

  it('rolling: the first crossing starts the clock', () => {
    const race = TestRace.open({ start: 'rolling' });
    race.start();
    expect(race.run()).toMatchObject({ phase: 'ready', rolling: true });
    race.pass(20);
    race.laps(10);
    expect(race.times()).toEqual([10]);
    expect(race.run()).toMatchObject({ phase: 'running', startedAt: { at: seconds(120) } });
    expect(race.run().deadline?.at).toBe(seconds(180));
  });

  it('by countdown: the clock runs when it ends', () => {
    const race = TestRace.open({ start: 'countdown', countdown: seconds(10) });
    race.start();
    expect(race.run()).toMatchObject({ phase: 'ready', countdown: { at: seconds(110) } });
    race.cross(seconds(105));
    race.pass(10);
    race.laps(10);
    expect(race.times()).toEqual([10]);
    expect(race.run().crossings[0]?.use).toBe('jump-start');
  });

  it('can be called back', () => {
    for (const start of ['countdown', 'rolling'] as const) {
      const race = TestRace.open({ start });
      race.start();
      race.give({ type: 'red-flag', runId: id });
      race.pass(30);
      expect(race.run()).toMatchObject({ phase: 'ready', rolling: false, countdown: null, startedAt: null });
      race.give({ type: 'start', runId: id });
    }
  });
});

describe('the end', () => {
  it('comes with the time limit; a crossing of that very moment counts', () => {
    const race = TestRace.open();
    race.start();
    race.laps(30);
    race.cross(seconds(160));
    race.pass(40);
    race.cross();
    expect(race.times()).toEqual([30, 30]);
    expect(race.run()).toMatchObject({ phase: 'over', overBy: 'time', clock: { elapsed: seconds(60), since: null } });
    expect(race.run().crossings.at(-1)?.use).toBe('after-end');
  });

  it('waits for the lap under way, where there is a grace lap', () => {
    const race = TestRace.open({ graceLap: true });
    race.start();
    race.laps(50);
    race.pass(45);
    // A lap takes two minutes at most; the grace lap does so, too.
    expect(race.run()).toMatchObject({ phase: 'running', lastLap: true, deadline: { at: seconds(270) } });
    race.cross();
    expect(race.run()).toMatchObject({ phase: 'over', overBy: 'time', lastLap: false });
    expect(race.times()).toEqual([50, 45]);
  });

  it('does not wait where no lap is under way, or the grace lap is given up', () => {
    const race = TestRace.open({ graceLap: true });
    race.start();
    race.pass(60);
    expect(race.run().phase).toBe('over');
    const given = TestRace.open({ graceLap: true });
    given.start();
    given.cross();
    given.pass(65);
    given.give({ type: 'did-not-finish', runId: id });
    expect(given.run()).toMatchObject({ phase: 'over', overBy: 'time' });
  });

  it('is the same when the crossings of the last seconds come late, and when the desk was late', () => {
    const race = TestRace.open();
    race.start();
    race.cross();
    const late = race.crossing(seconds(130));
    const afterwards = race.crossing(seconds(161));
    // Nobody noticed the deadline: the next fact shows that it has passed.
    race.now = seconds(170);
    race.write(afterwards);
    expect(race.run().phase).toBe('over');
    race.write(late);
    expect(race.times()).toEqual([30]);
  });

  it('comes after the agreed laps', () => {
    const race = TestRace.open({ lapLimit: 2 });
    race.start();
    race.laps(10, 11, 12);
    expect(race.times()).toEqual([10, 11]);
    expect(race.run()).toMatchObject({ phase: 'over', overBy: 'laps', clock: { elapsed: seconds(21) } });
  });

  it('moves when time is added', () => {
    const race = TestRace.open();
    race.start();
    race.give({ type: 'add-time', runId: id, time: seconds(30), reason: 'the light failed' });
    race.pass(60);
    expect(race.run()).toMatchObject({ phase: 'running', limit: seconds(90), deadline: { at: seconds(190) } });
  });
});

describe('resets, penalties, laps given up', () => {
  it('marks a lap with too many resets, and only that one', () => {
    const race = TestRace.open({ resets: { perLap: 1, where: 'in-place' } });
    race.start();
    race.cross();
    race.pass(5);
    race.give({ type: 'incident', runId: id, kind: 'reset' });
    race.give({ type: 'incident', runId: id, kind: 'reset' });
    race.pass(8);
    race.laps(10);
    expect(race.run().laps).toMatchObject([
      { resets: 2, valid: false, marks: ['too-many-resets'] },
      { resets: 0, valid: true, marks: [] },
    ]);
  });

  it('gives up the lap at a reset to the start line; the next crossing opens a new one', () => {
    const race = TestRace.open({ resets: { perLap: null, where: 'start-line' } });
    race.start();
    race.cross();
    race.pass(5);
    race.give({ type: 'incident', runId: id, kind: 'reset' });
    race.pass(4);
    race.laps(10);
    expect(race.run().laps).toMatchObject([
      { ended: 'reset', time: null, valid: false, resets: 1 },
      { ended: 'crossing', time: seconds(10), valid: true, resets: 0 },
    ]);
  });

  it('adds penalties to the time, not to what was measured', () => {
    const race = TestRace.open({ penalties: { offTrack: seconds(2), collision: seconds(5) } });
    race.start();
    race.cross();
    race.pass(5);
    race.give({ type: 'incident', runId: id, kind: 'off-track' });
    race.give({ type: 'incident', runId: id, kind: 'collision' });
    race.pass(5);
    race.cross();
    expect(race.run()).toMatchObject({
      laps: [{ measured: seconds(10), penalty: seconds(7), time: seconds(17), offTracks: 1, collisions: 1 }],
      bestLap: seconds(17),
      score: seconds(17),
    });
  });

  it('pauses after a did-not-finish, and never counts that lap', () => {
    const race = TestRace.open();
    race.start();
    race.cross();
    race.pass(2);
    race.give({ type: 'did-not-finish', runId: id });
    race.pass(20);
    race.give({ type: 'resume', runId: id });
    race.pass(1);
    race.laps(10);
    expect(race.run().laps.map(({ ended, time }) => [ended, time])).toEqual([
      ['did-not-finish', null],
      ['crossing', seconds(10)],
    ]);
    expect(race.run().bestLap).toBe(seconds(10));
  });

  it('marks an implausible lap, keeps it, and counts it when a marshal says so', () => {
    const race = TestRace.open({ plausible: { min: seconds(5), max: seconds(20) } });
    race.start();
    race.laps(22, 19);
    expect(race.run().laps.map(({ valid, marks }) => [valid, marks])).toEqual([
      [false, ['too-long']],
      [true, []],
    ]);
    const crossing = race.run().laps[0]?.crossing as number;
    race.give({ type: 'edit-lap', runId: id, crossing, valid: true, reason: 'I saw it' });
    expect(race.run().laps[0]).toMatchObject({ valid: true, marks: ['too-long', 'edited'], time: seconds(22) });
    expect(race.run().bestLap).toBe(seconds(19));
  });
});

describe('technical stop', () => {
  it('gives up the lap, freezes the clock, and may bind another car and model; each lap keeps its own', () => {
    const race = TestRace.open();
    race.start();
    race.laps(10);
    race.pass(3);
    race.give({ type: 'technical-stop', runId: id, reason: 'battery', car: otherCar, model: otherModel });
    expect(race.run()).toMatchObject({ phase: 'paused', pausedBy: 'technical-stop', underWay: null });
    race.pass(300);
    race.give({ type: 'resume', runId: id });
    race.pass(1);
    race.laps(11);
    expect(race.run().laps).toMatchObject([
      { time: seconds(10), car, model },
      { ended: 'technical-stop', time: null },
      { time: seconds(11), car: otherCar, model: otherModel },
    ]);
    expect(race.run().deadline?.at).toBe(seconds(100 + 60 + 300));
  });

  it('lets the clock run, by rule', () => {
    const race = TestRace.open({ technicalStop: { freezesClock: false } });
    race.start();
    race.laps(10);
    race.give({ type: 'technical-stop', runId: id, reason: 'battery' });
    race.pass(50);
    expect(race.run()).toMatchObject({ phase: 'over', overBy: 'time', clock: { elapsed: seconds(60) } });
  });

  it('refuses a model that was not entered', () => {
    const race = TestRace.open();
    race.start();
    const stop = { type: 'technical-stop' as const, runId: id, reason: 'x', model: 'c'.repeat(64) as never };
    expect(() => race.give(stop)).toThrow(expect.objectContaining({ code: 'race-refused' }));
  });
});

describe('measuring', () => {
  it('uses the clock of one gate and its rate, with the uncertainty of both ends', () => {
    const race = TestRace.open();
    race.start();
    const first = race.crossing(seconds(101));
    const second = race.crossing(seconds(111));
    race.write(first);
    // The controller's stamps are off; the gate's clock runs 100 ppm fast.
    const late = (second.controllerAt + 4000) as Micros;
    const gateAt = (first.crossing.at + 10_001_000) as Micros;
    const rate = { value: 1 / 1.0001, bound: 1e-6 };
    race.write({ ...second, controllerAt: late, crossing: { ...second.crossing, at: gateAt }, rate });
    expect(race.run().laps[0]).toMatchObject({ measured: 10_000_000, uncertainty: 20 + 20 + 11 });
  });

  it('uses the clock of the controller between two gates, and says how sure it is', () => {
    const race = TestRace.open({}, { gates: [gate, other] });
    race.start();
    race.write(race.crossing(seconds(101)));
    race.write({ ...race.crossing(seconds(111), other), epoch: 'gate-2' });
    expect(race.run().laps[0]).toMatchObject({ measured: seconds(10), uncertainty: 2 * 120 });
  });

  it('keeps to the order of the gate where the stamps of the controller cross over', () => {
    const race = TestRace.open({ holdoff: 0 as Micros, plausible: { min: 0 as Micros, max: seconds(60) } });
    race.start();
    race.cross(seconds(101));
    const second = race.crossing(seconds(111));
    const third = race.crossing(seconds(111.0001));
    race.write({ ...third, controllerAt: seconds(110.9) });
    race.write({ ...second, controllerAt: seconds(111.1) });
    expect(race.run().laps.map(({ measured }) => measured)).toEqual([seconds(10), 100]);
  });

  it('marks a lap that is too uncertain for an official result', () => {
    const race = TestRace.open({ largestUncertainty: 30 as Micros });
    race.start();
    race.laps(10);
    expect(race.run().laps[0]).toMatchObject({ valid: false, marks: ['too-uncertain'] });
  });

  it('times a lap over a restart of the controller by the clock of the gate, and says so', () => {
    const race = TestRace.open();
    race.start();
    race.laps(10);
    race.pass(4);
    race.bootId = 'boot-2' as BootId;
    race.now = seconds(3);
    race.write({ type: 'clock-restarted', from: 'boot-1' as BootId });
    race.pass(2);
    race.gateOffset = seconds(3 + 100 + 20 - 5);
    race.cross();
    race.pass(9);
    race.cross();
    expect(race.run().laps.map(({ measured, marks }) => [measured, marks])).toEqual([
      [seconds(10), []],
      [seconds(10), ['interrupted']],
      [seconds(9), []],
    ]);
    expect(race.run().interrupted).toBe(true);
    // What passed while nothing ran is not known, and is not counted.
    expect(race.run().deadline?.at).toBe(seconds(3 + 60 - 10));
  });

  it('gives no time where no clock knows it', () => {
    const race = TestRace.open();
    race.start();
    race.laps(10);
    race.bootId = 'boot-2' as BootId;
    race.now = seconds(3);
    race.epoch = 'gate-again';
    race.pass(2);
    race.cross();
    expect(race.run().laps[1]).toMatchObject({ time: null, valid: false, marks: ['interrupted', 'unmeasured'] });
    expect(race.run().bestLap).toBe(seconds(10));
  });

  it('takes a crossing that nobody saw, with its own uncertainty', () => {
    const race = TestRace.open();
    race.start();
    race.laps(20);
    race.give({
      type: 'add-crossing',
      runId: id,
      at: { bootId: race.bootId, at: seconds(110) },
      uncertainty: seconds(0.2),
      reason: 'the gate slept',
    });
    expect(race.times()).toEqual([10, 10]);
    expect(race.run().laps.map(({ uncertainty }) => uncertainty)).toEqual([200_120, 200_160]);
    expect(race.run().crossings[1]).toMatchObject({ added: true, gate: null, use: 'closes' });
  });
});
