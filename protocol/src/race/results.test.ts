import { describe, expect, it } from 'vitest';
import { anna, ben, runId, seconds, TestRace } from '../../testing/test-race.js';
import type { EpochMs, RacerId } from '../brand.js';
import { rulePresets } from './rules.js';

const refused = expect.objectContaining({ code: 'race-refused' });

/** One racer's whole turn. */
function turn(race: TestRace, number: number, racer: RacerId, ...times: number[]): void {
  race.start(runId(number), racer);
  race.laps(...times);
  race.give({ type: 'finish', runId: runId(number) });
  race.give({ type: 'confirm', runId: runId(number) });
  race.pass(60);
}

function raceOf(
  count: number,
  rules: ConstructorParameters<typeof TestRace>[0] = {},
): { race: TestRace; racers: RacerId[] } {
  const race = new TestRace(rules);
  race.give({ type: 'open' });
  const racers = Array.from({ length: count }, (_, index) => `racer-${index + 1}` as RacerId);
  for (const racer of racers) race.enter(racer);
  return { race, racers };
}

describe('standings', () => {
  it('rank the best confirmed run of each; who has none comes last', () => {
    const race = TestRace.open();
    turn(race, 1, anna, 11, 12);
    turn(race, 2, anna, 10.5);
    race.start(runId(3), ben);
    race.laps(9);
    expect(race.replay.state.standings.map(({ racer, rank, score }) => [racer, rank, score])).toEqual([
      [anna, 1, seconds(10.5)],
      [ben, null, null],
    ]);
  });

  it('show where the measurements overlap, and change no place for it', () => {
    const race = TestRace.open();
    turn(race, 1, anna, 10);
    turn(race, 2, ben, 10.00003);
    expect(race.replay.state.standings.map(({ racer, overlaps }) => [racer, overlaps])).toEqual([
      [anna, true],
      [ben, false],
    ]);
  });

  it('follow the ranking rule, given-up laps never count', () => {
    const race = TestRace.open({ ranking: { by: 'average', laps: 3 }, qualifying: 3 });
    turn(race, 1, anna, 10, 11, 12);
    turn(race, 2, ben, 9, 9);
    expect(race.replay.state.standings[0]).toMatchObject({ racer: anna, score: seconds(11) });
    expect(race.replay.state.standings[1]).toMatchObject({ racer: ben, rank: null });
  });
});

describe('attempts', () => {
  it('are enforced', () => {
    const race = TestRace.open({ attempts: 2 });
    turn(race, 1, anna, 10);
    turn(race, 2, anna, 10);
    expect(() => race.give({ type: 'call', runId: runId(3), racer: anna })).toThrow(refused);
    race.give({ type: 'call', runId: runId(3), racer: ben });
  });

  it('are not used by a re-run, nor by a turn that was called off before its start', () => {
    const race = TestRace.open({ attempts: 1 });
    race.give({ type: 'call', runId: runId(1), racer: anna });
    race.give({ type: 'discard', runId: runId(1), reason: 'not here' });
    turn(race, 2, anna, 10);
    expect(() => race.give({ type: 'call', runId: runId(3), racer: anna })).toThrow(refused);
    race.give({ type: 'grant-rerun', runId: runId(2), reason: 'gate failed' });
    race.give({ type: 'call', runId: runId(3), racer: anna });
  });

  it('are used by a run that was started and discarded', () => {
    const race = TestRace.open({ attempts: 1 });
    race.start(runId(1));
    race.give({ type: 'discard', runId: runId(1), reason: 'stranger’s car' });
    expect(() => race.give({ type: 'call', runId: runId(2), racer: anna })).toThrow(refused);
  });
});

describe('a run without a valid lap', () => {
  it('is confirmed once, without a score', () => {
    const race = TestRace.open({ plausible: { min: seconds(5), max: seconds(6) } });
    turn(race, 1, anna, 10, 11);
    expect(race.run()).toMatchObject({ phase: 'confirmed', bestLap: null, score: null, revision: 1 });
    expect(race.replay.state.standings[0]).toMatchObject({ rank: null, attempts: 1 });
  });
});

describe('practice', () => {
  it('shows laps without an entry and never makes a result', () => {
    const race = TestRace.open();
    const id = runId(1);
    race.give({ type: 'practice', runId: id });
    race.laps(10, 200);
    expect(race.run()).toMatchObject({ kind: 'practice', racer: null, phase: 'running', counts: false });
    expect(race.times()).toEqual([10, 200]);
    race.give({ type: 'finish', runId: id });
    expect(() => race.give({ type: 'confirm', runId: id })).toThrow(refused);
    expect(() => race.give({ type: 'discard', runId: id, reason: 'x' })).toThrow(refused);
    expect(race.replay.state).toMatchObject({ current: null, standings: [{ rank: null }, { rank: null }] });
    race.start(runId(2));
  });
});

describe('cars that Pitwall does not drive', () => {
  it('are timed; car and model are declared', () => {
    const race = TestRace.open({}, { car: 'any' });
    const id = runId(1);
    race.give({ type: 'call', runId: id, racer: anna });
    race.give({ type: 'stage', runId: id, model: 'f'.repeat(64) as never });
    race.give({ type: 'ready', runId: id });
    race.give({ type: 'start', runId: id });
    race.laps(10);
    expect(race.run()).toMatchObject({ declared: true, model: 'f'.repeat(64), laps: [{ time: seconds(10) }] });
  });
});

describe('the queue', () => {
  it('calls the next, skips, queues again, and estimates the wait from what runs have taken', () => {
    const { race, racers } = raceOf(3);
    for (const racer of racers) race.give({ type: 'queue', racer });
    const waiting = () => race.replay.state.queue.map(({ racer, wait }) => [racer, wait]);
    expect(waiting()).toEqual(racers.map((racer) => [racer, null]));
    race.give({ type: 'call', runId: runId(1) });
    expect(race.run().racer).toBe('racer-1');
    race.pass(90);
    race.give({ type: 'discard', runId: runId(1), reason: 'no car' });
    race.give({ type: 'queue', racer: racers[0]! });
    race.give({ type: 'skip', racer: racers[1]! });
    expect(waiting()).toEqual([
      ['racer-3', 0],
      ['racer-2', seconds(90)],
      ['racer-1', seconds(180)],
    ]);
    race.give({ type: 'call', runId: runId(2) });
    expect(waiting()).toEqual([
      ['racer-2', seconds(90)],
      ['racer-1', seconds(180)],
    ]);
    race.give({ type: 'unqueue', racer: racers[0]! });
    expect(waiting()).toHaveLength(1);
  });
});

describe('finals', () => {
  it('let the best of qualifying race again, from nothing', () => {
    const { race, racers } = raceOf(3, { finals: { format: 'best-of', racers: 2 } });
    racers.forEach((racer, index) => {
      turn(race, index + 1, racer, 12 - index);
    });
    race.give({ type: 'draw-finals' });
    expect(() => race.give({ type: 'call', runId: runId(9), racer: racers[0]! })).toThrow(refused);
    turn(race, 10, racers[1]!, 8);
    const { finals, standings } = race.replay.state;
    expect(finals).toMatchObject({ seeds: ['racer-3', 'racer-2'], standings: [{ racer: 'racer-2' }, { rank: null }] });
    expect(standings[0]?.racer).toBe('racer-3');
  });

  it('knock out, heat by heat; a place that nobody holds lets the other through', () => {
    const { race, racers } = raceOf(3, { finals: { format: 'knock-out', racers: 4 } });
    racers.forEach((racer, index) => {
      turn(race, index + 1, racer, 10 + index);
    });
    race.give({ type: 'draw-finals' });
    const heats = () => race.replay.state.finals?.heats.map(({ racers: pair, winner }) => [...pair, winner]);
    expect(heats()).toEqual([
      ['racer-1', null, 'racer-1'],
      ['racer-2', 'racer-3', null],
      ['racer-1', null, null],
    ]);
    expect(() => race.give({ type: 'call', runId: runId(9), racer: racers[0]! })).toThrow(refused);
    turn(race, 10, racers[1]!, 11);
    turn(race, 11, racers[2]!, 9);
    expect(heats()?.[2]).toEqual(['racer-1', 'racer-3', null]);
    turn(race, 12, racers[2]!, 10);
    turn(race, 13, racers[0]!, 9.5);
    expect(heats()?.[2]).toEqual(['racer-1', 'racer-3', 'racer-1']);
  });
});

describe('protests', () => {
  const protest = (race: TestRace, number: number) => ({
    type: 'file-protest' as const,
    protestId: runId(100 + number),
    runId: runId(1),
    by: 'ben',
    text: 'her car left the track',
    decideBy: (race.circumstances.epoch + 60_000) as EpochMs,
  });

  it('keep results provisional until they are decided and the time for more is over', () => {
    const race = TestRace.open();
    turn(race, 1, anna, 10);
    race.give({ type: 'close' });
    race.give(protest(race, 1));
    expect(() => race.give({ type: 'declare-official', overrule: 'hurry' })).toThrow(refused);
    race.give({ type: 'decide-protest', protestId: runId(101), upheld: true, reason: 'seen on video' });
    race.give({ type: 'reopen', runId: runId(1), reason: 'protest' });
    const crossing = race.run().laps[0]?.crossing as number;
    race.give({ type: 'edit-lap', runId: runId(1), crossing, valid: false, reason: 'left the track' });
    race.give({ type: 'confirm', runId: runId(1) });
    expect(race.run()).toMatchObject({ revision: 2, bestLap: null });
    expect(() => race.give({ type: 'declare-official' })).toThrow(refused);
    race.write({ type: 'protest-time-ended' });
    expect(() => race.give(protest(race, 2))).toThrow(refused);
    race.give({ type: 'declare-official' });
    expect(race.replay.state).toMatchObject({ phase: 'official', protests: [{ outcome: 'upheld' }] });
    expect(() => race.give({ type: 'reopen', runId: runId(1), reason: 'late' })).toThrow(refused);
  });

  it('expire by an event', () => {
    const race = TestRace.open();
    turn(race, 1, anna, 10);
    race.give(protest(race, 1));
    race.write({ type: 'protest-expired', protestId: runId(101) });
    expect(race.replay.state.protests[0]?.outcome).toBe('expired');
    const late = { type: 'decide-protest' as const, protestId: runId(101), upheld: true, reason: 'x' };
    expect(() => race.give(late)).toThrow(refused);
  });
});

describe('withdrawn results', () => {
  it('of a run that is discarded after its result was sent', () => {
    const race = TestRace.open();
    turn(race, 1, anna, 10);
    race.give({ type: 'reopen', runId: runId(1), reason: 'wrong car' });
    race.give({ type: 'discard', runId: runId(1), reason: 'wrong car' });
    expect(race.run()).toMatchObject({ withdrawn: true, revision: 2 });
    expect(race.replay.state.standings[0]).toMatchObject({ rank: null });
  });
});

it('has presets as real races used them', () => {
  expect(
    Object.values(rulePresets).map(({ name, timeLimit, ranking, resets }) => [
      name,
      timeLimit,
      ranking.by,
      resets.where,
    ]),
  ).toEqual([
    ['League 2019', seconds(240), 'best-lap', 'in-place'],
    ['League 2023', seconds(180), 'average', 'start-line'],
    ['DREM default', seconds(180), 'best-lap', 'in-place'],
    ['LIVE', seconds(180), 'best-lap', 'start-line'],
  ]);
});
