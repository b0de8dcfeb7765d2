import type { PitwallError } from '@pitwall/protocol';
import { decide, doubtsThatMatter, type RaceCommand, RaceReplay, type RunState } from '@pitwall/protocol/race';
import { expect, test } from 'vitest';
import { runOf, TestLog } from '../../testing/race.js';
import { type ActionId, actionsOf, behindCover, byHand, keys, type Situation } from './actions.js';

const runId = runOf(1);

function situationOf(log: TestLog, over: Partial<Situation> = {}): Situation {
  const { state } = log;
  return {
    state,
    records: log.records,
    run: state.runs.find((run) => run.runId === state.current),
    staging: { car: undefined, model: undefined },
    chosen: null,
    doubts: [],
    asked: false,
    pickedUp: false,
    ...over,
  };
}

const possible = (log: TestLog): ActionId[] =>
  actionsOf(situationOf(log))
    .filter(({ commands }) => commands !== null)
    .map(({ id }) => id);

const labelOf = (log: TestLog): string | undefined => actionsOf(situationOf(log))[0]?.label;

/** Logs of every phase, and what the next step is in each. */
const phases: readonly [string, () => TestLog, string][] = [
  ['an empty queue', () => new TestLog().enter('ada'), 'The queue is empty: queue a racer'],
  [
    'somebody in the queue',
    () => {
      const log = new TestLog().enter('ada', 'Ada');
      log.add({ type: 'queued', racer: 'ada' });
      return log;
    },
    'Call Ada',
  ],
  ['called', () => turn('run-called'), 'Stage the car'],
  ['staged', () => turn('run-called', 'run-staged'), 'Check and make ready'],
  ['ready', () => turn('run-called', 'run-staged', 'run-ready'), 'Start'],
  ['running', () => new TestLog().enter('ada').start('ada').laps(9), 'Running'],
  [
    'paused',
    () => new TestLog().enter('ada').start('ada').laps(9).also({ type: 'paused', runId, by: 'marshal' }),
    'Go on',
  ],
  [
    'laps in doubt',
    () => {
      const log = inDoubt();
      log.add({ type: 'incident', runId, kind: 'reset' });
      return log.pass(30).also({ type: 'finished', runId });
    },
    'Confirm the result',
  ],
  [
    'over',
    () => new TestLog().enter('ada').start('ada').laps(9).also({ type: 'finished', runId }),
    'Confirm the result',
  ],
];

/** Something crossed the line in the middle of the second lap. */
const inDoubt = () => versionTwo().laps(10, 5, 5, 10, 10);
const versionTwo = (rules: ConstructorParameters<typeof TestLog>[0] = {}) =>
  new TestLog({ plausible: { min: 3_000_000, max: 60_000_000 }, holdoff: 50_000, ...rules }, undefined, 2)
    .enter('ada')
    .start('ada');

function turn(...steps: string[]): TestLog {
  const log = new TestLog().enter('ada');
  const events = [
    { type: 'run-called', runId, racer: 'ada', stage: 'qualifying' },
    { type: 'run-staged', runId, car: 'blue', model: null },
    { type: 'run-ready', runId, checks: [], overruled: null },
  ];
  for (const event of events) if (steps.includes(event.type)) log.add(event);
  return log;
}

test.each(phases)('with %s the next step is known', (_name, log, label) => {
  expect(labelOf(log())).toBe(label);
});

test.each(phases)('with %s every action offered is one that the desk takes', (_name, make) => {
  const log = make();
  const replay = new RaceReplay(log.records);
  const run = replay.current;
  const doubts = run?.phase === 'over' ? doubtsThatMatter(replay, run.runId) : [];
  for (const { id, commands } of actionsOf(situationOf(log, { doubts, asked: doubts.length > 0 })))
    for (const command of commands?.({ newId: () => runOf(9), now: log.stamp }) ?? []) {
      const circumstances = {
        now: log.stamp,
        epoch: 0,
        checks: [],
        rulesHash: '',
        newRacer: '',
      } as unknown as Parameters<typeof decide>[2];
      let refusal: PitwallError | undefined;
      try {
        decide(replay, command, circumstances);
      } catch (error) {
        refusal = error as PitwallError;
      }
      // An undo may be refused where later records rest on it: only the desk can know.
      if (id !== 'undo') expect([id, refusal?.message]).toEqual([id, undefined]);
    }
});

test('the emergency stop is there whatever happens', () => {
  for (const [, log] of phases) expect(possible(log())).toContain('e-stop');
});

test('a crossing by hand carries the moment of the key and its own uncertainty', () => {
  const log = new TestLog().enter('ada').start('ada').laps();
  const lap = actionsOf(situationOf(log)).find(({ id }) => id === 'lap');
  expect(lap?.commands?.({ newId: () => '', now: log.stamp })).toEqual([
    { type: 'add-crossing', runId, at: log.stamp, uncertainty: byHand, reason: 'Stamped by hand' },
  ]);
  expect(lap?.commands?.({ newId: () => '', now: null })).toEqual([]);
});

test('undo, then undo the undo', () => {
  const log = new TestLog().enter('ada').start('ada').laps();
  const reset = log.add({ type: 'incident', runId, kind: 'reset' });
  const commandsOf = (id: ActionId) =>
    actionsOf(situationOf(log))
      .find((action) => action.id === id)
      ?.commands?.({ newId: () => '', now: null }) ?? null;
  expect(commandsOf('undo')).toEqual([{ type: 'undo', target: reset }]);
  expect(commandsOf('redo')).toBeNull();
  const undo = log.add({ type: 'undone', target: reset, reason: null });
  expect(commandsOf('redo')).toEqual([{ type: 'undo', target: undo }]);
  expect((log.state.runs[0] as RunState).underWay?.resets).toBe(0);
});

test('no two actions share a key', () => {
  expect(new Set(Object.values(keys)).size).toBe(Object.keys(keys).length);
});

/** The command that a key gives, its target as the log has it. */
function given(log: TestLog, id: ActionId, over: Partial<Situation> = {}): RaceCommand[] {
  const action = actionsOf(situationOf(log, over)).find((one) => one.id === id);
  return action?.commands?.({ newId: () => runOf(9), now: log.stamp }) ?? [];
}

const detailOf = (log: TestLog, id: ActionId, over: Partial<Situation> = {}) =>
  actionsOf(situationOf(log, over)).find((one) => one.id === id)?.detail;

const run = (log: TestLog) => log.state.runs[0] as RunState;
const closing = (log: TestLog, lap: number) => run(log).laps[lap - 1]?.crossing;

test('J, I, V and N take the latest lap in doubt, and say which it is', () => {
  const log = inDoubt();
  expect(run(log).laps.map(({ doubt }) => doubt)).toEqual([null, 'half-lap', 'half-lap', null, null]);
  expect(given(log, 'other-reading')).toMatchObject([{ type: 'other-reading', crossing: closing(log, 3) }]);
  expect(given(log, 'counts')).toMatchObject([{ type: 'edit-lap', crossing: closing(log, 3), valid: true }]);
  expect(given(log, 'counts-not')).toMatchObject([
    { crossing: closing(log, 3), valid: false, reason: 'N at the desk' },
  ]);
  // The crossing in the middle is the one that may be none, not the latest.
  expect(given(log, 'ignore')).toMatchObject([{ type: 'ignore-crossing', crossing: closing(log, 2) }]);
  expect(detailOf(log, 'other-reading')).toMatch(/^\d\d:\d\d:\d\d\.\d, lap 3$/);
  expect(detailOf(log, 'ignore')).toMatch(/, lap 3$/);
});

test('a lap that was chosen in the list of doubts comes first', () => {
  const log = inDoubt();
  const chosen = closing(log, 2) as number;
  expect(given(log, 'counts', { chosen })).toMatchObject([{ crossing: chosen, valid: true }]);
  expect(given(log, 'other-reading', { chosen })).toMatchObject([{ crossing: chosen }]);
  // One that is in doubt no more is not meant any more.
  expect(given(log, 'counts', { chosen: closing(log, 1) as number })).toMatchObject([{ crossing: closing(log, 3) }]);
});

test('without a doubt I takes the latest boundary, J the latest crossing that was taken for none, V and N nothing', () => {
  const log = versionTwo().laps(10, 10);
  const short = log.pass(1).cross();
  const last = log.pass(9).cross();
  expect(run(log).crossings.find(({ seq }) => seq === short)?.use).toBe('short');
  expect(given(log, 'ignore')).toMatchObject([{ crossing: last }]);
  expect(given(log, 'counts')).toEqual([]);
  expect(given(log, 'other-reading')).toMatchObject([{ crossing: short }]);
  expect(given(versionTwo().laps(10, 10), 'other-reading')).toEqual([]);
});

test('M asks about the lap in which the gate may have missed the car, with as many parts as it has usual laps', () => {
  const log = versionTwo().laps(10, 10, 30, 10);
  expect(run(log).laps[2]?.marks).toContain('missed-crossing');
  expect(given(log, 'split')).toMatchObject([{ type: 'split-lap', crossing: closing(log, 3), parts: 3 }]);
  expect(detailOf(log, 'split')).toMatch(/, lap 3$/);
  // Without such a lap the latest, in two; one that is too short for two laps never.
  expect(given(versionTwo().laps(10, 10), 'split')).toMatchObject([{ parts: 2 }]);
  expect(given(versionTwo().laps(5), 'split')).toEqual([]);
});

test('B moves an incident of the first five seconds of a lap to the one before, once', () => {
  const log = versionTwo().laps(10, 10);
  log.pass(4.9);
  const reset = log.add({ type: 'incident', runId, kind: 'reset' });
  expect(given(log, 'lap-before')).toEqual([{ type: 'move-incident', runId, incident: reset }]);
  expect(detailOf(log, 'lap-before')).toBe('Reset, to lap 2');
  log.add({ type: 'incident-moved', runId, incident: reset });
  expect(given(log, 'lap-before')).toEqual([]);
  const late = versionTwo().laps(10, 10).pass(5.1);
  late.add({ type: 'incident', runId, kind: 'off-track' });
  expect(given(late, 'lap-before')).toEqual([]);
  const first = versionTwo().laps().pass(2);
  first.add({ type: 'incident', runId, kind: 'off-track' });
  expect(given(first, 'lap-before')).toEqual([]);
});

test('R counts the reset of a car that was picked up first, and then clears it', () => {
  const log = versionTwo().laps(10);
  expect(given(log, 'reset', { pickedUp: true })).toEqual([
    { type: 'incident', runId, kind: 'reset' },
    { type: 'clear-car', car: 'blue' },
  ]);
  expect(given(log, 'reset')).toHaveLength(1);
});

test('no key starts a car from behind a page that is covered', () => {
  const going: ReadonlySet<RaceCommand['type']> = new Set(['start', 'resume', 'clear-car']);
  for (const [, make] of phases) {
    const log = make();
    for (const { id, commands } of actionsOf(situationOf(log, { pickedUp: true })))
      for (const { type } of behindCover(id, commands?.({ newId: () => runOf(9), now: log.stamp }) ?? []))
        expect([id, going.has(type)]).toEqual([id, false]);
  }
  const log = versionTwo().laps(10);
  expect(behindCover('reset', given(log, 'reset', { pickedUp: true }))).toMatchObject([{ type: 'incident' }]);
  expect(behindCover('clear', given(log, 'clear'))).toEqual([]);
});

test('the first Enter asks about doubts that change the result, the second confirms without them', () => {
  const log = inDoubt().also({ type: 'finished', runId });
  const doubts = doubtsThatMatter(new RaceReplay(log.records), runId);
  expect(doubts.map(({ lap }) => lap)).toEqual([2, 3]);
  expect(detailOf(log, 'next', { doubts })).toBe('laps 2, 3 in doubt: asks first');
  expect(actionsOf(situationOf(log, { doubts, asked: true }))[0]?.label).toBe('Confirm without laps 2, 3');
  expect(given(log, 'next', { doubts, asked: true })).toEqual([{ type: 'confirm', runId, withoutDoubtful: true }]);
  expect(given(log, 'next')).toEqual([{ type: 'confirm', runId }]);
});

test('logs of before know no other reading', () => {
  const log = new TestLog().enter('ada').start('ada').laps(10, 30).pass(1);
  log.add({ type: 'incident', runId, kind: 'reset' });
  expect(possible(log).filter((id) => ['other-reading', 'split', 'lap-before'].includes(id))).toEqual([]);
});
