import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { gate, runId, seconds, TestRace } from '../../testing/test-race.js';
import type { GateId, Micros } from '../brand.js';

const id = runId(1);
const splits = ['one', 'two'] as GateId[];
const [one, two] = splits as [GateId, GateId];
const finish = 'end' as GateId;
const withSplits = () => TestRace.open({}, { splits });

/** The car passes these gates, each so many seconds after the one before. */
function drive(race: TestRace, ...passes: (readonly [GateId, number])[]): void {
  for (const [through, after] of passes) {
    race.pass(after);
    race.write(race.crossing(race.now, through));
  }
}

const sectorsOf = (race: TestRace) =>
  race.run(id).laps.map(({ sectors }) => sectors.map(({ time }) => (time === null ? null : time / 1e6)));
const usesOf = (race: TestRace) => race.run(id).crossings.map(({ use }) => use);

describe('splits', () => {
  it('divide a lap into sectors, in the clock of the controller with the bounds of both ends', () => {
    const race = withSplits();
    race.start();
    drive(race, [gate, 1], [one, 4], [two, 3], [gate, 2], [one, 3.5], [two, 3], [gate, 3]);
    expect(sectorsOf(race)).toEqual([
      [4, 3, 2],
      [3.5, 3, 3],
    ]);
    expect(race.times()).toEqual([9, 9.5]);
    const [lap] = race.run().laps;
    // One gate times the lap by its own clock; two gates have the alignment of both clocks between them.
    expect(lap?.uncertainty).toBe(40);
    expect(lap?.sectors.map(({ uncertainty }) => uncertainty)).toEqual([240, 240, 240]);
    expect(usesOf(race)).toEqual(['opens', 'split', 'split', 'closes', 'split', 'split', 'closes']);
  });

  it('show the sectors of the lap under way', () => {
    const race = withSplits();
    race.start();
    drive(race, [gate, 1], [one, 4]);
    expect(race.run().underWay?.sectors).toEqual([
      { time: seconds(4), uncertainty: 240 },
      { time: null, uncertainty: 0 },
      { time: null, uncertainty: 0 },
    ]);
    drive(race, [two, 1], [gate, 1]);
    expect(race.run().underWay?.sectors.map(({ time }) => time)).toEqual([null, null, null]);
  });

  it('never count a lap, open one, or start a clock', () => {
    const race = TestRace.open({ start: 'rolling' }, { splits });
    race.start();
    drive(race, [one, 1], [two, 1]);
    expect(race.run()).toMatchObject({ phase: 'ready', startedAt: null, laps: [] });
    drive(race, [gate, 1]);
    expect(race.run().phase).toBe('running');
    drive(race, [one, 5], [gate, 5]);
    expect(race.times()).toEqual([10]);
  });

  it('that saw nothing leave the sectors on both sides without a time, and the lap as it is', () => {
    const race = withSplits();
    race.start();
    drive(race, [gate, 1], [two, 7], [gate, 2], [one, 4], [gate, 5]);
    expect(sectorsOf(race)).toEqual([
      [null, null, 2],
      [4, null, null],
    ]);
    expect(race.times()).toEqual([9, 9]);
  });

  it('count once, and not backwards', () => {
    const race = withSplits();
    race.start();
    // Two axles; then the car rolls back over the first, and comes again.
    drive(race, [gate, 1], [one, 4], [one, 0.1], [two, 3], [one, 2], [two, 2], [gate, 1]);
    expect(sectorsOf(race)).toEqual([[4, 3.1, 5]]);
    expect(usesOf(race)).toEqual(['opens', 'split', 'same-passage', 'split', 'out-of-order', 'out-of-order', 'closes']);
  });

  it('leave a pause out of the sector in which it was', () => {
    const race = withSplits();
    race.start();
    drive(race, [gate, 1], [one, 4]);
    race.pass(1);
    race.give({ type: 'pause', runId: id });
    drive(race, [two, 10]);
    race.pass(10);
    race.give({ type: 'resume', runId: id });
    drive(race, [two, 2], [gate, 2]);
    expect(sectorsOf(race)).toEqual([[4, 3, 2]]);
    expect(race.times()).toEqual([9]);
    expect(usesOf(race)).toEqual(['opens', 'split', 'while-paused', 'split', 'closes']);
  });

  it('keep what a lap that was given up had', () => {
    const race = withSplits();
    race.start();
    drive(race, [gate, 1], [one, 4]);
    race.give({ type: 'did-not-finish', runId: id });
    expect(race.run().laps).toMatchObject([{ ended: 'did-not-finish', time: null }]);
    expect(sectorsOf(race)).toEqual([[4, null, null]]);
  });

  it('can be ignored, and come late', () => {
    const race = withSplits();
    race.start();
    drive(race, [gate, 1]);
    const at = race.now;
    drive(race, [gate, 9]);
    race.write(race.crossing(at + seconds(6), two));
    const early = race.write(race.crossing(at + seconds(1), one));
    race.write(race.crossing(at + seconds(4), one));
    expect(sectorsOf(race)).toEqual([[1, 5, 3]]);
    race.give({ type: 'ignore-crossing', crossing: early, reason: 'a hand' });
    expect(sectorsOf(race)).toEqual([[4, 2, 3]]);
  });

  it('leave a race without them without sectors', () => {
    const race = TestRace.open();
    race.start();
    race.laps(10);
    expect(race.run()).toMatchObject({ laps: [{ sectors: [] }], underWay: { sectors: [] } });
  });

  it('give sectors that are never negative and sum to the lap, as exactly as they say', () => {
    const pass = fc.tuple(fc.constantFrom(gate, one, two), fc.double({ min: 0.001, max: 5, noNaN: true }));
    fc.assert(
      fc.property(fc.array(pass, { minLength: 4, maxLength: 40 }), fc.boolean(), (passes, clean) => {
        const race = TestRace.open(
          { timeLimit: null, holdoff: 0 as Micros, plausible: { min: 0 as Micros, max: seconds(120) } },
          { splits },
        );
        race.start();
        const round = passes.map(([, after], index) => [[gate, one, two][index % 3] as GateId, after] as const);
        drive(race, ...(clean ? round : passes));
        const known = race.run(id).laps.filter(({ sectors }) => sectors.every(({ time }) => time !== null));
        if (clean) expect(known).toHaveLength(Math.floor((passes.length - 1) / 3));
        for (const { measured, uncertainty, sectors } of known) {
          for (const { time } of sectors) expect(time).toBeGreaterThanOrEqual(0);
          const sum = sectors.reduce<number>((total, { time }) => total + Number(time), 0);
          const bound = sectors.reduce<number>((total, sector) => total + sector.uncertainty, uncertainty);
          expect(Math.abs(sum - (measured as number))).toBeLessThanOrEqual(bound);
        }
      }),
      { numRuns: 200 },
    );
  });
});

describe('a finish that is apart from the start', () => {
  const apart = () => TestRace.open({ lapLimit: 2 }, { splits, finish: [finish] });

  it('ends laps, and the way back to the start is no lap', () => {
    const race = apart();
    race.start();
    drive(race, [gate, 1], [one, 3], [two, 3], [finish, 2]);
    expect(race.run()).toMatchObject({ phase: 'running', underWay: null });
    drive(race, [finish, 5], [one, 2], [gate, 8], [one, 3], [two, 2], [finish, 2]);
    expect(race.times()).toEqual([8, 7]);
    expect(sectorsOf(race)).toEqual([
      [3, 3, 2],
      [3, 2, 2],
    ]);
    // Two gates, two clocks.
    expect(race.run().laps[0]?.uncertainty).toBe(240);
    expect(race.run()).toMatchObject({ phase: 'over', overBy: 'laps' });
    expect(usesOf(race).slice(4, 6)).toEqual(['out-of-order', 'out-of-order']);
  });

  it('does not start a clock; a second start gives up the lap before', () => {
    const race = TestRace.open({ start: 'rolling' }, { finish: [finish] });
    race.start();
    drive(race, [finish, 1]);
    expect(race.run().phase).toBe('ready');
    drive(race, [gate, 1], [gate, 5], [finish, 7]);
    expect(race.run().laps).toMatchObject([
      { ended: 'did-not-finish', time: null },
      { ended: 'crossing', time: seconds(7) },
    ]);
  });

  it('is what a marshal adds where a lap is under way, and the start where none is', () => {
    const race = apart();
    race.start();
    const add = (at: number) =>
      race.give({
        type: 'add-crossing',
        runId: id,
        at: { bootId: race.bootId, at: seconds(at) },
        uncertainty: seconds(0.1),
        reason: 'the gate slept',
      });
    race.pass(20);
    add(105);
    add(112);
    expect(race.times()).toEqual([7]);
    expect(race.run().underWay).toBeNull();
  });

  it('times the first lap from the signal where the rules say so', () => {
    const race = TestRace.open({ firstLap: 'signal' }, { finish: [finish] });
    race.start();
    drive(race, [gate, 1], [finish, 6]);
    expect(race.times()).toEqual([7]);
  });
});

describe('a course', () => {
  it('has each gate at one place, or the race does not open', () => {
    const race = new TestRace({}, { splits: [one, gate] });
    expect(() => race.give({ type: 'open' })).toThrow(expect.objectContaining({ code: 'race-refused' }));
    const good = new TestRace({}, { splits });
    expect(good.give({ type: 'open' })).toBe(2);
  });

  it('stands as the race was opened with it', () => {
    const race = new TestRace();
    const { setup } = race.replay;
    const changed = race.give({ type: 'change', setup: { ...setup, splits } });
    race.give({ type: 'undo', target: changed });
    expect(race.replay.setup.splits).toBeUndefined();
    const again = race.give({ type: 'change', setup: { ...setup, splits } });
    race.give({ type: 'open' });
    expect(() => race.give({ type: 'undo', target: again })).toThrow(expect.objectContaining({ code: 'race-refused' }));
  });
});
