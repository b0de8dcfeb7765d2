import { describe, expect, it } from 'vitest';
import type { GateId, Micros } from '../brand.js';
import { type Gates, gateAtTwoPlaces, gatesOf, hasGate, type Spot, spotOf } from './course.js';
import type { Draft } from './draft.js';
import { paperLaps } from './paper.js';
import { waits } from './queue.js';
import { type RaceRules, rulePresets } from './rules.js';
import { runRules } from './run-rules.js';

const gates = (...names: string[]) => names as GateId[];
const line: Gates = { gates: gates('line', 'twin') };
const apart: Gates = { gates: gates('start'), finish: gates('end', 'end2'), splits: gates('one', 'two') };

describe('where a gate stands', () => {
  it.each<[course: Gates, gate: string, spot: Spot]>([
    [line, 'line', 'line'],
    [line, 'twin', 'line'],
    [line, 'elsewhere', 'line'],
    [apart, 'start', 'start'],
    [apart, 'end', 'finish'],
    [apart, 'end2', 'finish'],
    [apart, 'one', 0],
    [apart, 'two', 1],
    [{ gates: gates('line'), splits: gates('one') }, 'line', 'line'],
    [{ gates: gates('line'), splits: gates('one') }, 'one', 0],
  ])('%#', (course, gate, spot) => {
    expect(spotOf(course, gate as GateId)).toBe(spot);
  });

  it('a race listens to all of them, and to no other', () => {
    expect(gatesOf(line)).toEqual(['line', 'twin']);
    expect(gatesOf(apart)).toEqual(['start', 'end', 'end2', 'one', 'two']);
    for (const course of [line, apart]) {
      for (const gate of gatesOf(course)) expect(hasGate(course, gate)).toBe(true);
      expect(hasGate(course, 'elsewhere' as GateId)).toBe(false);
    }
  });

  it('each stands at one place', () => {
    expect(gateAtTwoPlaces(apart)).toBeUndefined();
    expect(gateAtTwoPlaces({ ...apart, splits: gates('start') })).toBe('start');
    expect(gateAtTwoPlaces({ gates: gates('line'), finish: gates('line') })).toBe('line');
    expect(gateAtTwoPlaces({ gates: gates('line', 'line') })).toBe('line');
  });
});

describe('how long the queue has to wait', () => {
  const turn = (seconds: number, over: object = {}) => ({
    calledAt: { boot: 'b', at: 1_000_000 },
    endedAt: { boot: 'b', at: 1_000_000 + seconds * 1e6 },
    identity: { kind: 'timed' },
    judged: {},
    isCurrent: false,
    ...over,
  });
  const of = (...runs: object[]) =>
    waits({ runs, queue: ['ann', 'ben', 'cat'] } as unknown as Draft).map(({ wait }) => wait);

  it.each<[what: string, runs: object[], wait: (number | null)[]]>([
    ['nobody knows before the first turn', [], [null, null, null]],
    ['as many turns as are before, as long as they took', [turn(60), turn(90)], [0, 75e6, 150e6]],
    ['one more while somebody drives', [turn(60), turn(0, { isCurrent: true, judged: null })], [60e6, 120e6, 180e6]],
    ['practice has no turn', [turn(60), turn(600, { identity: { kind: 'practice' } })], [0, 60e6, 120e6]],
    [
      'practice that goes on is none either',
      [turn(60), turn(0, { isCurrent: true, judged: null, identity: { kind: 'practice' } })],
      [0, 60e6, 120e6],
    ],
    ['a turn that is not judged is none yet', [turn(60), turn(600, { judged: null })], [0, 60e6, 120e6]],
    [
      'a turn over a restart of the clock says nothing',
      [turn(60), turn(0, { endedAt: { boot: 'c', at: 5 } })],
      [0, 60e6, 120e6],
    ],
    ['a turn that has not ended says nothing', [turn(60), turn(0, { endedAt: null })], [0, 60e6, 120e6]],
    ['whole µs', [turn(0.0000005), turn(0.000001), turn(0.000001)], [0, 1, 2]],
  ])('%s', (_, runs, wait) => {
    expect(of(...runs)).toEqual(wait);
  });
});

describe('laps from paper', () => {
  it('are numbered in their order, valid, and say where they are from', () => {
    const driver = { car: 'blue', model: 'm', speed: 80 } as never;
    const [first, second] = paperLaps(
      [
        { time: 11_000_000 as Micros, uncertainty: 150_000 as Micros },
        { time: 12_000_000 as Micros, uncertainty: 150_001 as Micros },
      ] as never,
      driver,
    );
    expect(first).toEqual({
      lap: 1,
      ended: 'crossing',
      crossing: null,
      opening: null,
      time: 11_000_000,
      measured: 11_000_000,
      penalty: 0,
      uncertainty: 150_000,
      valid: true,
      marks: ['from-paper'],
      resets: 0,
      offTracks: 0,
      collisions: 0,
      sectors: [],
      car: 'blue',
      model: 'm',
      speed: 80,
      part: null,
      doubt: null,
      other: [],
      decided: null,
    });
    expect(second).toMatchObject({ lap: 2, time: 12_000_000, uncertainty: 150_001 });
  });
});

describe('what a run is timed by', () => {
  const rules = (min: number): RaceRules =>
    ({ ...rulePresets['drem-default'], plausible: { min, max: 9e9 } }) as RaceRules;

  it.each([
    [4_000_000, null, 4_000_000],
    [4_000_000, 7_000_000, 4_000_000],
    [4_000_000, 9_000_001, 4_500_000],
  ])('no lap is so short: at least %i, the fastest %s: %i', (min, fastest, floor) => {
    const of = runRules(rules(min), 2, { fastest: fastest as Micros | null });
    expect(of).toMatchObject({ min, floor, fastest, splits: 2, asks: true, several: false });
  });

  it('is made once for all runs that are timed alike, and anew for another', () => {
    const same = rules(1);
    const first = runRules(same, 0);
    expect(runRules(same, 0)).toBe(first);
    for (const [splits, over] of [
      [1, {}],
      [0, { fastest: 5 as Micros }],
      [0, { asks: false }],
      [0, { several: true }],
    ] as const) {
      const other = runRules(same, splits, over);
      expect(other).not.toBe(first);
      expect(other).toMatchObject({ splits, ...over });
      runRules(same, 0);
    }
  });
});
