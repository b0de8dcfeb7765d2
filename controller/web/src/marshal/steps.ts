import type { CarId, Sha256 } from '@pitwall/protocol';
import { nextInQueue, type OpenDoubt, type RaceCommand, type RaceState, type RunState } from '@pitwall/protocol/race';
import { aliasOf } from '../race/index.js';
import { words } from '../staff-words/index.js';

export interface Step {
  readonly label: string;
  readonly detail?: string;
  /** Null: there is nothing to do but what `label` says. */
  readonly command: ((newId: () => string) => RaceCommand) | null;
}

export interface Staging {
  readonly car: CarId | undefined;
  readonly model: Sha256 | undefined;
}

export const none: Staging = { car: undefined, model: undefined };

/** What of it was chosen, as commands want it. */
export const chosen = ({ car, model }: Staging): { car?: CarId; model?: Sha256 } => ({
  ...(car === undefined ? {} : { car }),
  ...(model === undefined ? {} : { model }),
});

const starts = {
  countdown: words.marshal.startTheCountdown,
  key: words.marshal.start,
  rolling: words.common.rollingStart,
} as const;

/** What stands in the way of a confirmation, and whether the question about it is on the page. */
interface Doubtful {
  readonly doubts: readonly OpenDoubt[];
  readonly asked: boolean;
}

const lapNames = (doubts: readonly OpenDoubt[]): string =>
  words.marshal.lapsNamed(doubts.length, doubts.map(({ lap }) => lap).join(', '));

function confirmStep(runId: string, { doubts, asked }: Doubtful): Step {
  if (asked)
    return {
      label:
        doubts.length === 0 ? words.marshal.confirmWithoutWhatIsIn : words.marshal.confirmWithout(lapNames(doubts)),
      command: () => ({ type: 'confirm', runId, withoutDoubtful: true }),
    };
  return {
    label: words.marshal.confirmTheResult,
    ...(doubts.length === 0 ? {} : { detail: words.marshal.inDoubtAsksFirst(lapNames(doubts)) }),
    command: () => ({ type: 'confirm', runId }),
  };
}

/** What comes next in a turn: one key takes a run from the call to the confirmation. */
export function nextStep(
  state: RaceState,
  run: RunState | undefined,
  staging: Staging,
  doubtful: Doubtful = { doubts: [], asked: false },
): Step {
  if (state.phase === 'draft') return { label: words.common.openTheRace, command: () => ({ type: 'open' }) };
  if (state.phase !== 'open') return { label: words.marshal.noMoreRunsTheRace, command: null };
  if (run === undefined) {
    const next = nextInQueue(state);
    if (next === undefined) {
      const isEmpty = state.queue.length === 0;
      return { label: isEmpty ? words.marshal.theQueueIsEmptyQueue : words.marshal.nobodyIsHere, command: null };
    }
    return {
      label: words.marshal.callAlias(aliasOf(state, next)),
      command: (newId) => ({ type: 'call', runId: newId() }),
    };
  }
  const { runId } = run;
  switch (run.phase) {
    case 'called':
      return {
        label: words.marshal.stageTheCar,
        command: () => ({ type: 'stage', runId, ...chosen(staging) }),
      };
    case 'staged':
      return { label: words.marshal.checkAndMakeReady, command: () => ({ type: 'ready', runId }) };
    case 'ready':
      if (run.rolling) return { label: words.common.theFirstCrossingStartsThe, command: null };
      if (run.countdown !== null) return { label: words.marshal.theCountdownRuns, command: null };
      return { label: starts[state.setup.rules.start], command: () => ({ type: 'start', runId }) };
    case 'running':
      return { label: run.lastLap ? words.common.lastLap : words.common.running, command: null };
    case 'paused':
      return { label: words.common.goOn, command: () => ({ type: 'resume', runId }) };
    case 'over':
      return confirmStep(runId, doubtful);
    default:
      return { label: words.marshal.nothingToDo, command: null };
  }
}
