import { describe, expect, it } from 'vitest';
import {
  type RaceEventName,
  type RacePhase,
  type RunEventName,
  type RunState,
  racePhases,
  runPhases,
} from '../../testing/state-tables.js';
import { anna, car, model, runId, seconds, TestRace } from '../../testing/test-race.js';
import type { RaceCommand } from './commands.js';

const id = runId(1);

/** How to get a run there, from an open race. */
const places: Record<RunState, (race: TestRace) => unknown> = {
  none: () => undefined,
  called: (race) => race.give({ type: 'call', runId: id, racer: anna }),
  staged: (race) => {
    places.called(race);
    return race.give({ type: 'stage', runId: id, model });
  },
  ready: (race) => {
    places.staged(race);
    return race.give({ type: 'ready', runId: id });
  },
  running: (race) => {
    places.ready(race);
    race.give({ type: 'start', runId: id });
    race.laps(10);
  },
  paused: (race) => {
    places.running(race);
    race.pass(1);
    return race.give({ type: 'pause', runId: id });
  },
  over: (race) => {
    places.running(race);
    race.pass(1);
    return race.give({ type: 'finish', runId: id });
  },
  confirmed: (race) => {
    places.over(race);
    return race.give({ type: 'confirm', runId: id });
  },
  discarded: (race) => {
    places.over(race);
    return race.give({ type: 'discard', runId: id, reason: 'test' });
  },
};

const because = { reason: 'test' };
const give = (command: RaceCommand) => (race: TestRace) => void race.give(command);
/** The crossing that closed the first lap, or, where there is none, a number that no crossing has. */
const crossingOf = (race: TestRace): number => race.replay.run(id)?.laps[0]?.crossing ?? 999;

/** How each comes about. */
const events: Record<RunEventName, (race: TestRace) => void> = {
  call: give({ type: 'call', runId: runId(2), racer: anna }),
  practice: give({ type: 'practice', runId: runId(2) }),
  close: give({ type: 'close' }),
  stage: give({ type: 'stage', runId: id, model }),
  ready: give({ type: 'ready', runId: id }),
  start: give({ type: 'start', runId: id }),
  pause: give({ type: 'pause', runId: id }),
  'red-flag': give({ type: 'red-flag', runId: id }),
  'e-stop': give({ type: 'e-stop', car }),
  'test-e-stop': give({ type: 'test-e-stop', car }),
  'clear-car': give({ type: 'clear-car', car }),
  resume: give({ type: 'resume', runId: id }),
  incident: give({ type: 'incident', runId: id, kind: 'reset' }),
  'did-not-finish': give({ type: 'did-not-finish', runId: id }),
  'technical-stop': give({ type: 'technical-stop', runId: id, ...because }),
  'add-time': give({ type: 'add-time', runId: id, time: seconds(10), ...because }),
  speed: give({ type: 'speed', runId: id, percent: 50 }),
  relaunch: give({ type: 'relaunch', runId: id, next: runId(3), ...because }),
  finish: give({ type: 'finish', runId: id }),
  confirm: give({ type: 'confirm', runId: id }),
  'type-laps': give({
    type: 'type-laps',
    runId: id,
    laps: [{ time: seconds(9), uncertainty: seconds(0.5) }],
    ...because,
  }),
  discard: give({ type: 'discard', runId: id, ...because }),
  reopen: give({ type: 'reopen', runId: id, ...because }),
  'grant-rerun': give({ type: 'grant-rerun', runId: id, ...because }),
  'ignore-crossing': (race) => void race.give({ type: 'ignore-crossing', crossing: crossingOf(race), ...because }),
  'add-crossing': give({
    type: 'add-crossing',
    runId: id,
    at: { bootId: 'boot-1' as never, at: seconds(100) },
    uncertainty: seconds(0.1),
    ...because,
  }),
  'edit-lap': (race) =>
    void race.give({ type: 'edit-lap', runId: id, crossing: crossingOf(race), valid: false, ...because }),
  'other-reading': (race) => void race.give({ type: 'other-reading', crossing: crossingOf(race), ...because }),
  'split-lap': (race) =>
    void race.give({ type: 'split-lap', runId: id, crossing: crossingOf(race), parts: 2, ...because }),
  'move-incident': give({ type: 'move-incident', runId: id, incident: 999 }),
  /** Of the latest that can be undone. */
  undo: (race) => {
    const target = race.replay.records.findLast(({ event }) => event.type !== 'crossing')!.seq;
    race.give({ type: 'undo', target, ...because });
  },
  'file-protest': give({
    type: 'file-protest',
    protestId: runId(9),
    runId: id,
    by: 'ben',
    text: 'test',
    decideBy: 10_000_000 as never,
  }),
  'decide-protest': give({ type: 'decide-protest', protestId: runId(9), upheld: true, ...because }),
  'time is up': (race) => race.pass(120),
  'controller starts again': (race) => {
    race.write({ type: 'clock-restarted', from: race.bootId });
    race.bootId = 'boot-2' as never;
  },
};
interface Cell {
  readonly state: RunState;
  readonly event: RunEventName;
  readonly outcome: RunState | 'refused';
}

const stateOf = (race: TestRace, run: string): RunState => race.replay.run(run)?.phase ?? 'none';

describe('a run, in every phase at every event', () => {
  const cells = Object.entries(runPhases).flatMap(([state, row]) =>
    Object.entries(row).map(([event, outcome]) => ({ state, event, outcome }) as Cell),
  );

  it.each(cells)('$state, $event: $outcome', ({ state, event, outcome }) => {
    const race = TestRace.open();
    places[state](race);
    expect(stateOf(race, id)).toBe(state);
    const before = race.replay.seq;
    if (outcome === 'refused') {
      expect(() => events[event](race)).toThrow(expect.objectContaining({ code: 'race-refused' }));
      expect(race.replay.seq).toBe(before);
      return;
    }
    events[event](race);
    expect(stateOf(race, event === 'call' || event === 'practice' ? runId(2) : id)).toBe(outcome);
    expect(race.replay.idle.size).toBe(0);
  });
});

const raceEvents: Record<RaceEventName, (race: TestRace) => RaceCommand> = {
  change: (race) => ({ type: 'change', setup: { ...race.replay.setup, name: 'New' } }),
  open: () => ({ type: 'open' }),
  'change-timing': ({ replay }) => {
    const { gates, finish, splits, rules } = replay.setup;
    const timing = { gates, finish, splits, plausible: rules.plausible, holdoff: rules.holdoff };
    return { type: 'change-timing', timing, ...because };
  },
  close: () => ({ type: 'close' }),
  'declare-official': () => ({ type: 'declare-official' }),
  'declare-official, overruled': () => ({ type: 'declare-official', overrule: 'no one objects' }),
  enter: () => ({ type: 'enter', entry: { alias: 'A', car: null, models: [] } }),
  'change-entry': () => ({ type: 'change-entry', entry: { racer: anna, alias: 'A', car: null, models: [] } }),
  'withdraw-entry': () => ({ type: 'withdraw-entry', racer: anna, ...because }),
  queue: () => ({ type: 'queue', racer: anna }),
  skip: () => ({ type: 'skip', racer: anna }),
  unqueue: () => ({ type: 'unqueue', racer: anna }),
  move: () => ({ type: 'move', racer: anna, place: 1 }),
  'close-entries': () => ({ type: 'close-entries' }),
  'roll-call': () => ({ type: 'roll-call' }),
  presence: () => ({ type: 'presence', racer: anna, isHere: true }),
  'draw-finals': () => ({ type: 'draw-finals' }),
  call: () => ({ type: 'call', runId: id, racer: anna }),
  practice: () => ({ type: 'practice', runId: id }),
};

/** With one entry in it, who is not in the queue. */
function raceIn(phase: RacePhase): TestRace {
  const race = new TestRace();
  if (phase === 'draft') return race;
  race.give({ type: 'open' });
  race.enter(anna);
  if (phase === 'open') return race;
  race.give({ type: 'close' });
  if (phase === 'official') race.give({ type: 'declare-official', overrule: 'test' });
  return race;
}

describe('the race, in every phase at every command', () => {
  const cells = Object.entries(racePhases).flatMap(([phase, row]) =>
    Object.entries(row).map(
      ([event, outcome]) =>
        ({ phase, event, outcome }) as { phase: RacePhase; event: RaceEventName; outcome: RacePhase | 'refused' },
    ),
  );

  it.each(cells)('$phase, $event: $outcome', ({ phase, event, outcome }) => {
    const race = raceIn(phase);
    const command = raceEvents[event](race);
    if (outcome === 'refused') {
      expect(() => race.give(command)).toThrow(expect.objectContaining({ code: 'race-refused' }));
      expect(race.replay.phase).toBe(phase);
      return;
    }
    race.give(command);
    expect(race.replay.phase).toBe(outcome);
  });
});
