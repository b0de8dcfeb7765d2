import { describe, expect, it } from 'vitest';
import { anna, car, model, otherModel, runId, simulated, TestRace } from '../../testing/test-race.js';
import type { RaceCommand } from './commands.js';
import { startsCar } from './hold.js';
import type { RaceRulesInput } from './rules.js';

const run = runId(1);
const bounds = { speed: { min: 40, max: 80 } };
const speed = (percent: number): RaceCommand => ({ type: 'speed', runId: run, percent });
/** Of a race with a staged run. */
const staged = (rules: Partial<RaceRulesInput>, cars: Parameters<typeof TestRace.open>[1] = {}) => {
  const race = TestRace.open(rules, cars);
  race.give({ type: 'call', runId: run, racer: anna });
  race.give({ type: 'stage', runId: run, model });
  return race;
};

describe('the speed of a run on a track', () => {
  it.each([
    [
      'no rule',
      {},
      {},
      50,
      'The rules of this race have no speed control: cars keep the throttle that their crew set.',
    ],
    [
      'cars that nobody here drives',
      bounds,
      { car: 'any' },
      50,
      'Pitwall drives no car of this race: nobody sets its speed here.',
    ],
    [
      'more than the rules allow',
      bounds,
      {},
      80.5,
      'The rules of this race allow a speed from 40 to 80 %, not 80.5 %.',
    ],
    ['less than the rules allow', bounds, {}, 39, 'The rules of this race allow a speed from 40 to 80 %, not 39 %.'],
    [
      'more than the rules allow a simulated car',
      bounds,
      simulated,
      90,
      'The rules of this race allow a speed from 40 to 80 %, not 90 %.',
    ],
  ] as const)('is refused in one sentence: %s', (_, rules, cars, percent, sentence) => {
    const race = staged(rules, cars);
    expect(() => race.give(speed(percent))).toThrow(sentence);
  });

  it('is set from staging to the end of the run, and begins with the most that the rules allow', () => {
    const phases: [RaceCommand | null, boolean][] = [
      [{ type: 'call', runId: run, racer: anna }, false],
      [{ type: 'stage', runId: run, model }, true],
      [{ type: 'ready', runId: run }, true],
      [{ type: 'start', runId: run }, true],
      [{ type: 'pause', runId: run }, true],
      [{ type: 'resume', runId: run }, true],
      [{ type: 'finish', runId: run }, false],
      [{ type: 'confirm', runId: run }, false],
    ];
    const race = TestRace.open(bounds);
    for (const [command, allowed] of phases) {
      if (command !== null) race.give(command);
      if (command?.type === 'stage') expect(race.run().speed).toBe(80);
      if (!allowed) expect(() => race.give(speed(60)), command?.type).toThrow(/run/);
      else {
        race.give(speed(60));
        expect(race.run().speed, command?.type).toBe(60);
        race.give(speed(70));
      }
    }
  });

  it('stands beside each lap, and is nobody’s cause to go', () => {
    const race = staged(bounds);
    race.give({ type: 'ready', runId: run });
    race.give({ type: 'start', runId: run });
    race.pass(1);
    race.cross();
    race.pass(10);
    race.cross();
    race.give(speed(40));
    race.pass(15);
    race.cross();
    race.pass(15);
    race.give(speed(60));
    race.cross();
    expect(race.run().laps.map((lap) => lap.speed)).toEqual([80, 40, 60]);
    expect(race.replay.records.filter(({ event }) => startsCar(event)).map(({ event }) => event.type)).toEqual([
      'run-started',
    ]);
  });

  it('is told apart from what the car’s crew leaves of its throttle, which each lap says as the car did', () => {
    const race = staged(bounds);
    const says = (scale?: number) => {
      const at = { bootId: race.bootId, at: race.now };
      const said = { driving: true, safety: 'driving', reason: null, at, ...(scale === undefined ? {} : { scale }) };
      race.write({ type: 'car-state', runId: run, car, ...said });
    };
    race.give({ type: 'ready', runId: run });
    race.give({ type: 'start', runId: run });
    expect(race.run().scale).toBeUndefined();
    race.pass(1);
    race.cross();
    race.pass(10);
    race.cross();
    says(30);
    race.pass(10);
    race.cross();
    // One that says nothing of it has still what it had.
    says();
    race.pass(10);
    race.cross();
    says(100);
    race.pass(10);
    race.cross();
    expect(race.run()).toMatchObject({ scale: 100, speed: 80 });
    expect(race.run().laps.map((lap) => lap.scale)).toEqual([undefined, 30, 30, 100]);
  });

  it('is not undone under laps that were driven at it, whichever way round', () => {
    const race = TestRace.open(bounds);
    race.start();
    race.pass(1);
    race.cross();
    race.pass(10);
    race.cross();
    const set = race.give(speed(40));
    race.give({ type: 'undo', target: set });
    expect(race.run().speed).toBe(80);
    const again = race.give(speed(50));
    race.pass(15);
    race.cross();
    const speeds = () => race.run().laps.map((lap) => lap.speed);
    expect(speeds()).toEqual([80, 50]);
    const undo = (target: number) => () => race.give({ type: 'undo', target });
    expect(undo(again)).toThrow(
      `Record ${again} cannot be undone: laps were driven at that speed; set the speed again.`,
    );
    // To undo the undo would say 40 % of nothing that was driven: the lap after it was driven at 50 %.
    race.give({ type: 'undo', target: set + 1 });
    expect(speeds()).toEqual([80, 50]);
    expect(race.run().speed).toBe(50);
    race.give(speed(60));
    expect(race.run().speed).toBe(60);
    expect(speeds()).toEqual([80, 50]);
  });

  it('keeps what it is over a change of model, and begins anew with the next run', () => {
    const race = staged(bounds);
    race.give({ type: 'ready', runId: run });
    race.give({ type: 'start', runId: run });
    race.give(speed(40));
    race.give({ type: 'technical-stop', runId: run, reason: 'other model', model: otherModel });
    expect(race.run().speed).toBe(40);
    race.give({ type: 'relaunch', runId: run, next: runId(2), reason: 'again' });
    expect(race.run(runId(2)).speed).toBe(80);
  });

  it('has bounds that are the right way round', () => {
    expect(() => TestRace.open({ speed: { min: 50, max: 40 } })).toThrow(/must not be above/);
  });
});
