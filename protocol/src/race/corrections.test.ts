import { describe, expect, it } from 'vitest';
import { anna, ben, runId, seconds, sight, TestRace } from '../../testing/test-race.js';

const id = runId(1);
const refused = expect.objectContaining({ code: 'race-refused' });

describe('undo', () => {
  it('of a false finish, of a car that Pitwall does not drive: the run goes on, and what happened meanwhile counts', () => {
    const race = TestRace.open({}, { car: 'any' });
    race.start();
    race.laps(10);
    race.pass(2);
    const finish = race.give({ type: 'finish', runId: id });
    race.pass(7);
    race.cross();
    expect(race.times()).toEqual([10]);
    race.give({ type: 'undo', target: finish });
    race.pass(10);
    race.cross();
    expect(race.times()).toEqual([10, 9, 10]);
    expect(race.run()).toMatchObject({ phase: 'running', startedAt: { at: seconds(100) } });
    expect(race.run().deadline?.at).toBe(seconds(160));
  });

  it('of an undo brings it back', () => {
    const race = TestRace.open();
    race.start();
    race.laps(10);
    const finish = race.give({ type: 'finish', runId: id });
    const after = sight(race.replay);
    const undo = race.give({ type: 'undo', target: finish });
    race.give({ type: 'undo', target: undo });
    expect(sight(race.replay)).toEqual(after);
  });

  it('refuses what carries later events, and names them', () => {
    const race = TestRace.open();
    race.start();
    race.pass(1);
    const pause = race.give({ type: 'pause', runId: id });
    race.pass(5);
    const resume = race.give({ type: 'resume', runId: id });
    expect(() => race.give({ type: 'undo', target: pause })).toThrow(
      expect.objectContaining({ code: 'race-refused', message: expect.stringContaining(`${resume} (resumed)`) }),
    );
    race.give({ type: 'undo', target: resume });
    race.give({ type: 'undo', target: pause });
    expect(race.run()).toMatchObject({ phase: 'paused', pausedBy: 'correction', clock: { elapsed: seconds(1) } });
  });

  it('refuses to falsify what was seen and what time did', () => {
    const race = TestRace.open();
    race.start();
    const crossing = race.cross();
    race.pass(60);
    const expired = race.replay.records.findLast(({ event }) => event.type === 'time-expired')?.seq as number;
    for (const target of [1, 2, crossing, expired, 999])
      expect(() => race.give({ type: 'undo', target })).toThrow(refused);
  });

  it('of a confirmation reopens the run; the next result amends the one that was sent', () => {
    const race = TestRace.open();
    race.start();
    race.laps(10);
    race.give({ type: 'finish', runId: id });
    const confirmed = race.give({ type: 'confirm', runId: id });
    race.give({ type: 'undo', target: confirmed });
    expect(race.run().phase).toBe('over');
    const again = race.give({ type: 'confirm', runId: id });
    expect(race.replay.records[again - 1]?.event).toMatchObject({ type: 'confirmed', revision: 2 });
  });

  it('refuses to give the track to two', () => {
    const race = TestRace.open();
    race.start();
    race.give({ type: 'finish', runId: id });
    const confirmed = race.give({ type: 'confirm', runId: id });
    race.give({ type: 'call', runId: runId(2), racer: ben });
    expect(() => race.give({ type: 'undo', target: confirmed })).toThrow(refused);
    expect(() => race.give({ type: 'reopen', runId: id, reason: 'late' })).toThrow(refused);
  });

  it.each([
    ['an entry', (race: TestRace) => race.give({ type: 'withdraw-entry', racer: ben, reason: 'ill' })],
    ['a place in the queue', (race: TestRace) => race.give({ type: 'queue', racer: ben })],
    ['a reset', (race: TestRace) => race.give({ type: 'incident', runId: id, kind: 'reset' })],
    ['a pause', (race: TestRace) => race.give({ type: 'pause', runId: id })],
    ['a technical stop', (race: TestRace) => race.give({ type: 'technical-stop', runId: id, reason: 'battery' })],
    ['a did-not-finish', (race: TestRace) => race.give({ type: 'did-not-finish', runId: id })],
    ['a discard', (race: TestRace) => race.give({ type: 'discard', runId: id, reason: 'wrong car' })],
    ['a re-run', (race: TestRace) => race.give({ type: 'grant-rerun', runId: id, reason: 'gate failed' })],
    ['added time', (race: TestRace) => race.give({ type: 'add-time', runId: id, time: seconds(9), reason: 'light' })],
    ['a start', (race: TestRace) => race.replay.records.findLast(({ event }) => event.type === 'run-started')!.seq],
  ])('of %s is identity, but that a person lets the car go again', (what, act) => {
    const race = TestRace.open();
    race.start();
    race.laps(10, 11);
    const before = sight(race.replay);
    const started = race.replay.seq;
    const target = act(race);
    race.give({ type: 'undo', target });
    const stopped = ['a pause', 'a technical stop', 'a did-not-finish', 'a discard'].includes(what);
    if (stopped) {
      expect(race.run()).toMatchObject({ phase: 'paused', pausedBy: 'correction', clock: { elapsed: seconds(21) } });
      race.give({ type: 'resume', runId: id });
      expect(race.run()).toMatchObject({ phase: 'running', laps: before.runs[0]?.laps });
    } else if (target > started) expect(sight(race.replay)).toEqual(before);
    else expect(race.run()).toMatchObject({ phase: 'ready', laps: [] });
  });
});

describe('crossings', () => {
  it('ignored ones do not count, and are kept', () => {
    const race = TestRace.open();
    race.start();
    race.cross();
    race.pass(4);
    const ghost = race.cross();
    race.pass(6);
    race.cross();
    expect(race.times()).toEqual([4, 6]);
    const ignored = race.give({ type: 'ignore-crossing', crossing: ghost, reason: 'a hand' });
    expect(race.times()).toEqual([10]);
    expect(race.run().crossings[1]?.use).toBe('ignored');
    race.give({ type: 'undo', target: ignored });
    expect(race.times()).toEqual([4, 6]);
  });

  it('that come late belong to the run that had the track', () => {
    const race = TestRace.open();
    race.start();
    race.laps(10);
    const late = race.crossing(seconds(120));
    race.pass(20);
    race.cross();
    race.give({ type: 'finish', runId: id });
    // Ten seconds may be half a lap of twenty.
    race.give({ type: 'confirm', runId: id, withoutDoubtful: true });
    race.pass(10);
    race.start(runId(2), ben);
    race.write(late);
    // A confirmed run stays as it was confirmed; the marshal sees that there is more.
    expect(race.times()).toEqual([10, 20]);
    expect(race.run().crossings.at(-1)?.use).toBe('late');
    race.give({ type: 'finish', runId: runId(2) });
    race.give({ type: 'confirm', runId: runId(2) });
    race.give({ type: 'reopen', runId: id, reason: 'a crossing came late' });
    expect(race.times()).toEqual([10, 10, 10]);
    race.give({ type: 'confirm', runId: id });
    expect(race.run().revision).toBe(2);
  });

  it('of a confirmed run cannot be touched', () => {
    const race = TestRace.open();
    race.start();
    const crossing = race.cross();
    race.give({ type: 'finish', runId: id });
    race.give({ type: 'confirm', runId: id });
    expect(() => race.give({ type: 'ignore-crossing', crossing, reason: 'x' })).toThrow(refused);
  });
});

describe('laps', () => {
  it('can be judged and corrected, with a reason, but never given a time', () => {
    const race = TestRace.open({ penalties: { offTrack: seconds(2), collision: seconds(0) } });
    race.start();
    race.cross();
    race.give({ type: 'incident', runId: id, kind: 'off-track' });
    race.pass(10);
    const crossing = race.cross();
    race.give({ type: 'edit-lap', runId: id, crossing, penalty: seconds(0), resets: 3, reason: 'it was on the line' });
    expect(race.run().laps[0]).toMatchObject({ time: seconds(10), penalty: 0, resets: 3, marks: ['edited'] });
    race.give({ type: 'edit-lap', runId: id, crossing, valid: false, reason: 'short cut' });
    expect(race.run()).toMatchObject({ laps: [{ valid: false, penalty: 0, resets: 3 }], bestLap: null });
    expect(() => race.give({ type: 'edit-lap', runId: id, crossing: 3, valid: true, reason: 'x' })).toThrow(refused);
  });
});

describe('two marshals', () => {
  it('cannot both do the same; the second is told what came first', () => {
    const race = TestRace.open();
    race.start();
    const seen = race.replay.seq;
    expect(race.giveHaving(seen, { type: 'incident', runId: id, kind: 'reset' })).toBe(true);
    expect(race.giveHaving(seen, { type: 'incident', runId: id, kind: 'reset' })).toBe(false);
    expect(race.run().underWay?.resets ?? 1).toBe(1);
  });

  it('are not disturbed by crossings, but a judgement wants to have seen all of them', () => {
    const race = TestRace.open();
    race.start();
    const seen = race.replay.seq;
    race.cross();
    expect(race.giveHaving(seen, { type: 'finish', runId: id })).toBe(true);
    const finished = race.replay.seq;
    race.cross();
    expect(race.giveHaving(finished, { type: 'confirm', runId: id })).toBe(false);
    expect(race.giveHaving(race.replay.seq, { type: 'confirm', runId: id })).toBe(true);
  });

  it('can always stop', () => {
    const race = TestRace.open();
    const seen = race.replay.seq;
    race.start(id, anna);
    expect(race.giveHaving(seen, { type: 'red-flag', runId: id })).toBe(true);
    expect(race.run().phase).toBe('paused');
  });
});
