import type { CarId, Micros } from '@pitwall/protocol';
import {
  deskReasons,
  isEndedByLap,
  type LogRecord,
  type OpenDoubt,
  type RaceCommand,
  type RaceState,
  type RunState,
  type Stamp,
} from '@pitwall/protocol/race';
import { words } from '../staff-words/index.js';
import {
  crossingToIgnore,
  crossingToRead,
  doubtfulLap,
  incidentToMove,
  lapToSplit,
  targetWords,
} from './crossing-choice.js';
import { recordText } from './record-text.js';
import { nextStep, type Staging } from './steps.js';
import { lastReset, lastUndo, lastUndoable } from './undo.js';

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
  | 'other-reading'
  | 'split'
  | 'lap-before'
  | 'counts'
  | 'counts-not'
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
  'other-reading': 'j',
  split: 'm',
  'lap-before': 'b',
  counts: 'v',
  'counts-not': 'n',
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
  /** The crossing that closes the lap in doubt that was chosen in their list; null: the latest. */
  readonly chosen: number | null;
  /** Laps in doubt that change the result of a run that is over. */
  readonly doubts: readonly OpenDoubt[];
  /** The question about them is on the page. */
  readonly asked: boolean;
  /** The car felt a hand, and stands while its run goes on. */
  readonly pickedUp: boolean;
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

/** Keys about what is seen on the track: they are right also where the page is not to be seen. */
const blind: ReadonlySet<ActionId> = new Set(['lap', 'reset', 'off-track', 'collision', 'red-flag', 'e-stop']);

/** What a key may still do while the page is covered by something that must be seen to first: nothing that starts a car. */
export const behindCover = (id: ActionId, commands: readonly RaceCommand[]): RaceCommand[] =>
  blind.has(id) ? commands.filter(({ type }) => type !== 'clear-car') : [];

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
  const { state, records, run, staging, chosen } = situation;
  const step = nextStep(state, run, staging, situation);
  const undo = lastUndoable(state, records);
  const redo = lastUndo(state, records);
  const cars = carsToStop(situation);
  const open = run === undefined || run.phase === 'confirmed' || run.phase === 'discarded' ? undefined : run;
  const ignored = open && crossingToIgnore(open, chosen);
  // Older logs have one reading of their crossings.
  const readable = state.logVersion === 1 ? undefined : open;
  const read = readable && crossingToRead(readable, chosen);
  const split = readable && lapToSplit(readable, state.setup.rules.plausible.min);
  const early = readable && incidentToMove(readable, state, records);
  const doubtful = open && doubtfulLap(open, chosen);
  const reset = run === undefined ? undefined : lastReset(state, records, run.runId);
  const driving = run?.phase === 'running' ? run : undefined;
  const started = run?.phase === 'running' || run?.phase === 'paused' ? run : undefined;
  const going =
    run !== undefined && (run.phase === 'running' || run.rolling || run.countdown !== null) ? run : undefined;
  const timed = run !== undefined && (going ?? started) !== undefined ? run : undefined;
  const noted = started ?? (readable !== undefined && isEndedByLap(readable) ? readable : undefined);
  const incident = (kind: 'reset' | 'off-track' | 'collision'): Action['commands'] =>
    noted === undefined ? null : () => [{ type: 'incident', runId: noted.runId, kind }];
  const counted = (kind: 'resets' | 'offTracks' | 'collisions'): string | null =>
    noted === started ? tally(run?.underWay?.[kind]) : words.marshal.toLastLap(noted?.laps.at(-1)?.lap ?? 0);
  const onTrack = run?.car;
  const goesOn = situation.pickedUp && onTrack != null ? onTrack : undefined;
  const name = (target: Parameters<typeof targetWords>[0] | undefined): string | null =>
    target === undefined || open === undefined ? null : targetWords(target, open, records);
  const judge = (valid: boolean): Action['commands'] =>
    doubtful === undefined || open === undefined
      ? null
      : () => [
          {
            type: 'edit-lap',
            runId: open.runId,
            crossing: doubtful.crossing,
            valid,
            reason: valid ? deskReasons.counts : deskReasons.countsNot,
          },
        ];
  const { command } = step;
  return [
    action('next', step.label, command === null ? null : ({ newId }) => [command(newId)], step.detail ?? null),
    action(
      'lap',
      words.marshal.crossingByHand,
      driving === undefined && run?.rolling !== true
        ? null
        : ({ now }) => (run === undefined || now === null ? [] : [crossingByHand(run.runId, now)]),
      words.marshal.asYouSeeItPlus,
    ),
    goesOn === undefined || started === undefined
      ? action('reset', words.marshal.resetPlus1, incident('reset'), counted('resets'))
      : action(
          'reset',
          words.marshal.resetPlus1,
          () => [
            { type: 'incident', runId: started.runId, kind: 'reset' },
            { type: 'clear-car', car: goesOn },
          ],
          words.marshal.andClearHandsOffIt,
        ),
    action(
      'unreset',
      words.marshal.resetMinus1,
      reset === undefined || noted === undefined ? null : () => [{ type: 'undo', target: reset.seq }],
    ),
    action('off-track', words.marshal.offTrack, incident('off-track'), counted('offTracks')),
    action('collision', words.marshal.collision, incident('collision'), counted('collisions')),
    action(
      'did-not-finish',
      words.marshal.didNotFinish,
      driving === undefined ? null : () => [{ type: 'did-not-finish', runId: driving.runId }],
    ),
    run?.phase === 'paused'
      ? action('pause', words.common.goOn, () => [{ type: 'resume', runId: run.runId }])
      : action('pause', words.common.pause, going === undefined ? null : () => [{ type: 'pause', runId: going.runId }]),
    action(
      'red-flag',
      words.common.redFlag,
      going === undefined ? null : () => [{ type: 'red-flag', runId: going.runId }],
    ),
    action(
      'ignore',
      words.marshal.ignoreCrossing,
      ignored === undefined
        ? null
        : () => [{ type: 'ignore-crossing', crossing: ignored.crossing, reason: deskReasons.ignored }],
      name(ignored),
    ),
    action(
      'other-reading',
      words.marshal.otherReading,
      read === undefined ? null : () => [{ type: 'other-reading', crossing: read.crossing, reason: deskReasons.read }],
      name(read),
    ),
    action(
      'split',
      words.marshal.splitLap,
      split === undefined || open === undefined
        ? null
        : () => [
            {
              type: 'split-lap',
              runId: open.runId,
              crossing: split.crossing,
              parts: split.parts,
              reason: deskReasons.split,
            },
          ],
      name(split),
    ),
    action(
      'lap-before',
      words.marshal.toTheLapBefore,
      early === undefined || open === undefined
        ? null
        : () => [{ type: 'move-incident', runId: open.runId, incident: early.incident }],
      early === undefined ? null : words.marshal.incidentToLap(incidentNames[early.kind], early.lap),
    ),
    action(
      'counts',
      words.marshal.counts,
      judge(true),
      doubtful === undefined ? null : words.marshal.lapLap(doubtful.lap),
    ),
    action(
      'counts-not',
      words.marshal.doesNotCount,
      judge(false),
      doubtful === undefined ? null : words.marshal.lapLap(doubtful.lap),
    ),
    action(
      'undo',
      words.marshal.undo,
      undo === undefined ? null : () => [{ type: 'undo', target: undo.seq }],
      undo === undefined ? null : recordText(undo, state),
    ),
    action('redo', words.marshal.undoTheUndo, redo === undefined ? null : () => [{ type: 'undo', target: redo.seq }]),
    action(
      'finish',
      words.marshal.endTheRun,
      timed === undefined ? null : () => [{ type: 'finish', runId: timed.runId }],
    ),
    action(
      'clear',
      words.marshal.clearTheCar,
      onTrack == null ? null : () => [{ type: 'clear-car', car: onTrack }],
      words.marshal.afterALookAtIt,
    ),
    action(
      'e-stop',
      words.common.emergencyStop,
      cars.length === 0 ? null : () => cars.map((car) => ({ type: 'e-stop' as const, car })),
      cars.join(', '),
    ),
  ];
}

const incidentNames = {
  reset: words.common.reset,
  'off-track': words.marshal.offTrack,
  collision: words.marshal.collision,
} as const;

const tally = (count: number | undefined): string | null =>
  count === undefined || count === 0 ? null : words.marshal.inThisLap(count);

const crossingByHand = (runId: string, now: Stamp): RaceCommand => ({
  type: 'add-crossing',
  runId,
  at: now,
  uncertainty: byHand,
  reason: deskReasons.byHand,
});
