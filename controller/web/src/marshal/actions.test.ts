import type { PitwallError } from '@pitwall/protocol';
import { decide, RaceReplay, type RunState } from '@pitwall/protocol/race';
import { expect, test } from 'vitest';
import { runOf, TestLog } from '../race/race.fixture.js';
import { type ActionId, actionsOf, byHand, keys, type Situation } from './actions.js';

const runId = runOf(1);

function situationOf(log: TestLog): Situation {
  const { state } = log;
  return {
    state,
    records: log.records,
    run: state.runs.find((run) => run.runId === state.current),
    staging: { car: undefined, model: undefined },
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
    'over',
    () => new TestLog().enter('ada').start('ada').laps(9).also({ type: 'finished', runId }),
    'Confirm the result',
  ],
];

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
  for (const { id, commands } of actionsOf(situationOf(log)))
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
