import { describe, expect, it } from 'vitest';
import { anna, car, runId, seconds, TestRace } from '../../testing/test-race.js';
import type { RaceCommand } from './commands.js';

const id = runId(1);

/** How to get a run there, from an open race. */
const places = {
  none: () => undefined,
  called: (race: TestRace) => race.give({ type: 'call', runId: id, racer: anna }),
  staged: (race: TestRace) => {
    places.called(race);
    return race.give({ type: 'stage', runId: id, model: 'a'.repeat(64) as never });
  },
  ready: (race: TestRace) => {
    places.staged(race);
    return race.give({ type: 'ready', runId: id });
  },
  running: (race: TestRace) => {
    places.ready(race);
    return race.give({ type: 'start', runId: id });
  },
  paused: (race: TestRace) => {
    places.running(race);
    race.pass(1);
    return race.give({ type: 'pause', runId: id });
  },
  over: (race: TestRace) => {
    places.running(race);
    race.pass(1);
    return race.give({ type: 'finish', runId: id });
  },
  confirmed: (race: TestRace) => {
    places.over(race);
    return race.give({ type: 'confirm', runId: id });
  },
  discarded: (race: TestRace) => {
    places.over(race);
    return race.give({ type: 'discard', runId: id, reason: 'test' });
  },
} as const;
type Place = keyof typeof places;

const because = { reason: 'test' };
const commands: Record<string, RaceCommand> = {
  call: { type: 'call', runId: runId(2), racer: anna },
  practice: { type: 'practice', runId: runId(2) },
  stage: { type: 'stage', runId: id, model: 'a'.repeat(64) as never },
  ready: { type: 'ready', runId: id },
  start: { type: 'start', runId: id },
  pause: { type: 'pause', runId: id },
  'red-flag': { type: 'red-flag', runId: id },
  'e-stop': { type: 'e-stop', car },
  resume: { type: 'resume', runId: id },
  incident: { type: 'incident', runId: id, kind: 'reset' },
  'did-not-finish': { type: 'did-not-finish', runId: id },
  'technical-stop': { type: 'technical-stop', runId: id, ...because },
  'add-time': { type: 'add-time', runId: id, time: seconds(10), ...because },
  speed: { type: 'speed', runId: id, percent: 50 },
  relaunch: { type: 'relaunch', runId: id, next: runId(3), ...because },
  finish: { type: 'finish', runId: id },
  confirm: { type: 'confirm', runId: id },
  discard: { type: 'discard', runId: id, ...because },
  reopen: { type: 'reopen', runId: id, ...because },
  'grant-rerun': { type: 'grant-rerun', runId: id, ...because },
  'add-crossing': {
    type: 'add-crossing',
    runId: id,
    at: { bootId: 'boot-1' as never, at: seconds(100) },
    uncertainty: seconds(0.1),
    ...because,
  },
  close: { type: 'close' },
};

const order: Place[] = ['none', 'called', 'staged', 'ready', 'running', 'paused', 'over', 'confirmed', 'discarded'];
/** The phase of the run afterwards; `-` is a refusal, `.` leaves the phase. Columns as in `order`. */
const table: Record<string, string> = {
  //                none called staged ready running paused over confirmed discarded
  call: '            called - - - - - - called called',
  practice: '        ready - - - - - - ready ready',
  stage: '           - staged staged - - - - - -',
  ready: '           - - ready - - - - - -',
  start: '           - - - running - - - - -',
  pause: '           - - - - paused - - - -',
  'red-flag': '      - - - - paused - - - -',
  'e-stop': '        . . . . paused . . . .',
  resume: '          - - - - - running - - -',
  incident: '        - - - - . . - - -',
  'did-not-finish': '- - - - paused - - - -',
  'technical-stop': '- - - - paused paused - - -',
  'add-time': '      - - - - . . - - -',
  speed: '           - - - - - - - - -',
  relaunch: '        - - discarded discarded discarded discarded discarded - -',
  finish: '          - - - over over over - - -',
  confirm: '         - - - - - - confirmed - -',
  discard: '         - discarded discarded discarded discarded discarded discarded - -',
  reopen: '          - - - - - - - over over',
  'grant-rerun': '   - . . . . . . . .',
  'add-crossing': '  - - - . . . . - -',
  close: '           . - - - - - - . .',
};

describe('every command in every phase', () => {
  const cells = Object.entries(table).flatMap(([name, row]) =>
    row
      .trim()
      .split(/\s+/)
      .map((outcome, index) => ({ name, place: order[index] as Place, outcome })),
  );

  it.each(cells)('$name, $place: $outcome', ({ name, place, outcome }) => {
    const race = TestRace.open();
    places[place](race);
    const command = commands[name] as RaceCommand;
    const before = race.replay.seq;
    if (outcome === '-') {
      expect(() => race.give(command)).toThrow(expect.objectContaining({ code: 'race-refused' }));
      expect(race.replay.seq).toBe(before);
      return;
    }
    race.give(command);
    const about = 'runId' in command && command.runId !== undefined ? command.runId : id;
    expect(race.replay.run(about)?.phase ?? 'none').toBe(outcome === '.' ? place : outcome);
    expect(race.replay.idle.size).toBe(0);
  });

  it('is told for each command of a run', () => {
    expect(Object.keys(table).sort()).toEqual(Object.keys(commands).sort());
    for (const row of Object.values(table)) expect(row.trim().split(/\s+/)).toHaveLength(order.length);
  });
});

const racePlaces = ['draft', 'open', 'closed', 'official'] as const;
function raceIn(phase: (typeof racePlaces)[number]): TestRace {
  const race = new TestRace();
  if (phase === 'draft') return race;
  race.give({ type: 'open' });
  race.enter(anna);
  if (phase === 'open') return race;
  race.give({ type: 'close' });
  if (phase === 'official') race.give({ type: 'declare-official', overrule: 'test' });
  return race;
}

describe('the race itself', () => {
  const rows: [string, (race: TestRace) => RaceCommand, string][] = [
    ['change', (race) => ({ type: 'change', setup: { ...race.replay.setup, name: 'New' } }), 'draft - - -'],
    ['open', () => ({ type: 'open' }), 'open - - -'],
    ['close', () => ({ type: 'close' }), '- closed - -'],
    ['declare-official', () => ({ type: 'declare-official', overrule: 'no one objects' }), '- - official -'],
    ['declare-official early', () => ({ type: 'declare-official' }), '- - - -'],
    ['enter', () => ({ type: 'enter', entry: { alias: 'A', car: null, models: [] } }), 'draft open - -'],
    [
      'change-entry',
      () => ({ type: 'change-entry', entry: { racer: anna, alias: 'A', car: null, models: [] } }),
      '- open - -',
    ],
    ['withdraw-entry', () => ({ type: 'withdraw-entry', racer: anna, ...because }), '- open - -'],
    ['queue', () => ({ type: 'queue', racer: anna }), '- open - -'],
    ['move', () => ({ type: 'move', racer: anna, place: 1 }), '- - - -'],
    ['close-entries', () => ({ type: 'close-entries' }), 'draft open - -'],
    ['skip', () => ({ type: 'skip', racer: anna }), '- - - -'],
    ['unqueue', () => ({ type: 'unqueue', racer: anna }), '- - - -'],
    ['call', () => ({ type: 'call', runId: id, racer: anna }), '- open - -'],
    ['draw-finals', () => ({ type: 'draw-finals' }), '- - - -'],
  ];
  const cells = rows.flatMap(([name, command, row]) =>
    row.split(' ').map((outcome, index) => ({ name, command, phase: racePlaces[index]!, outcome })),
  );

  it.each(cells)('$name, $phase: $outcome', ({ command, phase, outcome }) => {
    const race = raceIn(phase);
    if (outcome === '-') {
      expect(() => race.give(command(race))).toThrow(expect.objectContaining({ code: 'race-refused' }));
      expect(race.replay.phase).toBe(phase);
      return;
    }
    race.give(command(race));
    expect(race.replay.phase).toBe(outcome);
  });
});
