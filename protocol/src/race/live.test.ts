import { describe, expect, it } from 'vitest';
import { anna, ben, hash, model, runId, seconds, simulated, TestRace } from '../../testing/test-race.js';
import type { GateId } from '../brand.js';

const refused = expect.objectContaining({ code: 'race-refused' });
const live = () => TestRace.open({ start: 'countdown', attempts: 1 }, simulated);

describe('a LIVE race', () => {
  it('passes the gate that the controller puts beside its track, and no other', () => {
    const race = new TestRace({}, { ...simulated, gates: ['line' as GateId] });
    expect(() => race.give({ type: 'open' })).toThrow(/live-test/);
  });

  it('drives the one simulated car, whatever the entry names, by a model that was entered', () => {
    const race = live();
    race.give({ type: 'call', runId: runId(1), racer: anna });
    expect(() => race.give({ type: 'stage', runId: runId(1) })).toThrow(/Name the model/);
    expect(() => race.give({ type: 'stage', runId: runId(1), model: hash('f') })).toThrow(refused);
    race.give({ type: 'stage', runId: runId(1), model });
    expect(race.run()).toMatchObject({ car: 'live-test', model, declared: false, speed: 100 });
  });

  it('launches with a countdown', () => {
    const race = live();
    race.start();
    expect(race.run()).toMatchObject({ phase: 'ready', countdown: { at: race.now + seconds(10) } });
    race.pass(10);
    expect(race.run()).toMatchObject({ phase: 'running', countdown: null });
  });

  it('takes no entry and no other model once entries are closed, until that is undone', () => {
    const race = live();
    const entry = { racer: anna, alias: 'Anna', car: null, models: [{ hash: hash('f'), name: 'late' }] };
    const closed = race.give({ type: 'close-entries' });
    expect(race.replay.state.entriesClosed).toBe(true);
    expect(() => race.give({ type: 'change-entry', entry })).toThrow(/entries are closed/);
    expect(() => race.give({ type: 'close-entries' })).toThrow(refused);
    race.give({ type: 'queue', racer: ben });
    race.give({ type: 'withdraw-entry', racer: ben, reason: 'ill' });
    race.give({ type: 'undo', target: closed });
    race.give({ type: 'change-entry', entry });
    expect(race.replay.state.entries.map(({ racer }) => racer)).toEqual([anna]);
  });

  it('moves a racer to any place of the queue, and back when that is undone', () => {
    const race = live();
    const names = () => race.replay.state.queue.map(({ racer }) => racer);
    race.give({ type: 'queue', racer: anna });
    race.give({ type: 'queue', racer: ben });
    const moved = race.give({ type: 'move', racer: ben, place: 1 });
    expect(names()).toEqual([ben, anna]);
    race.give({ type: 'move', racer: ben, place: 9 });
    expect(names()).toEqual([anna, ben]);
    race.give({ type: 'undo', target: race.replay.seq });
    race.give({ type: 'undo', target: moved });
    expect(names()).toEqual([anna, ben]);
    race.give({ type: 'unqueue', racer: ben });
    expect(() => race.give({ type: 'move', racer: ben, place: 1 })).toThrow(/not in the queue/);
  });

  it('sets the speed of the run under way alone, and every run begins at 100', () => {
    const race = live();
    expect(() => race.give({ type: 'speed', runId: runId(1), percent: 50 })).toThrow(refused);
    race.start();
    const set = race.give({ type: 'speed', runId: runId(1), percent: 50 });
    race.give({ type: 'speed', runId: runId(1), percent: 70 });
    expect(race.run().speed).toBe(70);
    race.give({ type: 'undo', target: race.replay.seq });
    expect(race.run().speed).toBe(50);
    race.give({ type: 'undo', target: set });
    expect(race.run().speed).toBe(100);
    race.give({ type: 'speed', runId: runId(1), percent: 30 });
    race.give({ type: 'relaunch', runId: runId(1), next: runId(2), reason: 'stuck' });
    expect(race.run(runId(2)).speed).toBe(100);
    expect(() => race.give({ type: 'speed', runId: runId(1), percent: 50 })).toThrow(refused);
  });

  it("is in nobody's way at the speed control, and lets nobody be in its way", () => {
    const race = live();
    race.start();
    race.pass(10);
    const seen = race.replay.seq;
    const speed = { type: 'speed', runId: runId(1), percent: 60 } as const;
    expect(race.giveHaving(seen, speed)).toBe(true);
    expect(race.giveHaving(seen, { type: 'incident', runId: runId(1), kind: 'reset' })).toBe(true);
    expect(race.giveHaving(seen, speed)).toBe(true);
    expect(race.giveHaving(seen, { type: 'pause', runId: runId(1) })).toBe(false);
  });

  it('relaunches in one command, at the cost of no attempt', () => {
    const race = live();
    race.start();
    race.pass(10);
    race.give({ type: 'relaunch', runId: runId(1), next: runId(2), reason: 'the car stood' });
    expect(race.run(runId(1))).toMatchObject({ phase: 'discarded', counts: false });
    expect(race.run(runId(2))).toMatchObject({ phase: 'staged', racer: anna, car: 'live-test', model, counts: true });
    expect(race.replay.current?.runId).toBe(runId(2));
    race.give({ type: 'ready', runId: runId(2) });
    race.give({ type: 'start', runId: runId(2) });
    race.pass(10);
    race.give({ type: 'finish', runId: runId(2) });
    race.give({ type: 'confirm', runId: runId(2) });
    expect(() => race.give({ type: 'relaunch', runId: runId(2), next: runId(3), reason: 'again' })).toThrow(refused);
    expect(() => race.give({ type: 'call', runId: runId(3), racer: anna })).toThrow(/used all 1 attempts/);
  });
});
