import type { CarId, Micros } from '@pitwall/protocol';
import type { LogRecord, RaceCommand, RaceState, RunState, Stamp } from '@pitwall/protocol/race';
import { nextStep, type Staging } from './steps.js';
import { lastReset, lastUndo, lastUndoable } from './undo.js';
import { inWords } from './words.js';

export type ActionId =
  | 'next'
  | 'lap'
  | 'reset'
  | 'unreset'
  | 'off-track'
  | 'collision'
  | 'did-not-finish'
  | 'pause'
  | 'red-flag'
  | 'ignore'
  | 'undo'
  | 'redo'
  | 'finish'
  | 'clear'
  | 'e-stop'
  | 'stop-all';

/** Keys of the marshal's page, as `KeyboardEvent.key` in lower case; `shift+` before one that wants it. docs/marshal.md lists the same. */
export const keys: Readonly<Record<ActionId, string>> = {
  next: 'enter',
  lap: ' ',
  reset: 'r',
  unreset: 't',
  'off-track': 'o',
  collision: 'c',
  'did-not-finish': 'd',
  pause: 'p',
  'red-flag': 'f',
  ignore: 'i',
  undo: 'u',
  redo: 'y',
  finish: 'x',
  clear: 'k',
  'e-stop': 'e',
  'stop-all': 'shift+e',
};

/** A crossing that is stamped by hand is known so well, µs: a person who sees it coming reacts within a tenth of a second. */
export const byHand = 100_000 as Micros;

export interface Situation {
  readonly state: RaceState;
  readonly records: readonly LogRecord[];
  readonly run: RunState | undefined;
  readonly staging: Staging;
}

/** What is known at the moment of the key. */
export interface Moment {
  readonly newId: () => string;
  /** The controller's clock; null while it is not known. */
  readonly now: Stamp | null;
}

export interface Action {
  readonly id: ActionId;
  readonly label: string;
  /** What it would do just now, in a few words. */
  readonly detail: string | null;
  /** Null: not now. */
  readonly commands: ((moment: Moment) => RaceCommand[]) | null;
}

const action = (id: ActionId, label: string, commands: Action['commands'], detail: string | null = null): Action => ({
  id,
  label,
  detail,
  commands,
});

/** Cars that can be stopped: the one on the track, else every one that is entered. */
export function carsToStop({ state, run }: Pick<Situation, 'state' | 'run'>): CarId[] {
  if (run?.car != null) return [run.car];
  return [...new Set(state.entries.flatMap(({ car }) => (car === null ? [] : [car])))];
}

/** All that the marshal can do with one key, and whether it can be done now. */
export function actionsOf(situation: Situation): Action[] {
  const { state, records, run, staging } = situation;
  const step = nextStep(state, run, staging);
  const undo = lastUndoable(state, records);
  const redo = lastUndo(state, records);
  const cars = carsToStop(situation);
  const crossing = run?.crossings.findLast(({ use }) => use === 'opens' || use === 'closes');
  const reset = run === undefined ? undefined : lastReset(state, records, run.runId);
  const driving = run?.phase === 'running' ? run : undefined;
  const started = run?.phase === 'running' || run?.phase === 'paused' ? run : undefined;
  const going =
    run !== undefined && (run.phase === 'running' || run.rolling || run.countdown !== null) ? run : undefined;
  const timed = run !== undefined && (going ?? started) !== undefined ? run : undefined;
  const incident = (kind: 'reset' | 'off-track' | 'collision'): Action['commands'] =>
    started === undefined ? null : () => [{ type: 'incident', runId: started.runId, kind }];
  const onTrack = run?.car;
  const { command } = step;
  return [
    action('next', step.label, command === null ? null : ({ newId }) => [command(newId)]),
    action(
      'lap',
      'Crossing by hand',
      driving === undefined && run?.rolling !== true
        ? null
        : ({ now }) => (run === undefined || now === null ? [] : [crossingByHand(run.runId, now)]),
      'as you see it, ±0.1 s',
    ),
    action('reset', 'Reset +1', incident('reset'), tally(run?.underWay?.resets)),
    action(
      'unreset',
      'Reset −1',
      reset === undefined || started === undefined ? null : () => [{ type: 'undo', target: reset.seq }],
    ),
    action('off-track', 'Off-track', incident('off-track'), tally(run?.underWay?.offTracks)),
    action('collision', 'Collision', incident('collision'), tally(run?.underWay?.collisions)),
    action(
      'did-not-finish',
      'Did not finish',
      driving === undefined ? null : () => [{ type: 'did-not-finish', runId: driving.runId }],
    ),
    run?.phase === 'paused'
      ? action('pause', 'Go on', () => [{ type: 'resume', runId: run.runId }])
      : action('pause', 'Pause', going === undefined ? null : () => [{ type: 'pause', runId: going.runId }]),
    action('red-flag', 'Red flag', going === undefined ? null : () => [{ type: 'red-flag', runId: going.runId }]),
    action(
      'ignore',
      'Ignore crossing',
      crossing === undefined || run?.phase === 'confirmed' || run?.phase === 'discarded'
        ? null
        : () => [{ type: 'ignore-crossing', crossing: crossing.seq, reason: 'Not a lap, by key' }],
      crossing === undefined ? null : `record ${crossing.seq}`,
    ),
    action(
      'undo',
      'Undo',
      undo === undefined ? null : () => [{ type: 'undo', target: undo.seq }],
      undo === undefined ? null : inWords(undo, state),
    ),
    action('redo', 'Undo the undo', redo === undefined ? null : () => [{ type: 'undo', target: redo.seq }]),
    action('finish', 'End the run', timed === undefined ? null : () => [{ type: 'finish', runId: timed.runId }]),
    action(
      'clear',
      'Clear the car',
      onTrack == null ? null : () => [{ type: 'clear-car', car: onTrack }],
      'after a look at it: it goes on',
    ),
    action(
      'e-stop',
      'Emergency stop',
      cars.length === 0 ? null : () => cars.map((car) => ({ type: 'e-stop' as const, car })),
      cars.join(', '),
    ),
  ];
}

const tally = (count: number | undefined): string | null =>
  count === undefined || count === 0 ? null : `${count} in this lap`;

const crossingByHand = (runId: string, now: Stamp): RaceCommand => ({
  type: 'add-crossing',
  runId,
  at: now,
  uncertainty: byHand,
  reason: 'Stamped by hand',
});
