import type { CarId, Sha256 } from '@pitwall/protocol';
import type { OpenDoubt, RaceCommand, RaceState, RunState } from '@pitwall/protocol/race';
import { aliasOf } from '../race/index.js';

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

const starts = { countdown: 'Start the countdown', key: 'Start', rolling: 'Rolling start' } as const;

/** What stands in the way of a confirmation, and whether the question about it is on the page. */
interface Doubtful {
  readonly doubts: readonly OpenDoubt[];
  readonly asked: boolean;
}

const lapNames = (doubts: readonly OpenDoubt[]): string =>
  `${doubts.length === 1 ? 'lap' : 'laps'} ${doubts.map(({ lap }) => lap).join(', ')}`;

function confirmStep(runId: string, { doubts, asked }: Doubtful): Step {
  if (asked)
    return {
      label: doubts.length === 0 ? 'Confirm without what is in doubt' : `Confirm without ${lapNames(doubts)}`,
      command: () => ({ type: 'confirm', runId, withoutDoubtful: true }),
    };
  return {
    label: 'Confirm the result',
    ...(doubts.length === 0 ? {} : { detail: `${lapNames(doubts)} in doubt: asks first` }),
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
  if (state.phase === 'draft') return { label: 'Open the race', command: () => ({ type: 'open' }) };
  if (state.phase !== 'open') return { label: 'No more runs: the race is closed', command: null };
  if (run === undefined) {
    const next = state.queue[0];
    if (next === undefined) return { label: 'The queue is empty: queue a racer', command: null };
    return { label: `Call ${aliasOf(state, next.racer)}`, command: (newId) => ({ type: 'call', runId: newId() }) };
  }
  const { runId } = run;
  switch (run.phase) {
    case 'called':
      return {
        label: 'Stage the car',
        command: () => ({ type: 'stage', runId, ...chosen(staging) }),
      };
    case 'staged':
      return { label: 'Check and make ready', command: () => ({ type: 'ready', runId }) };
    case 'ready':
      if (run.rolling) return { label: 'The first crossing starts the clock', command: null };
      if (run.countdown !== null) return { label: 'The countdown runs', command: null };
      return { label: starts[state.setup.rules.start], command: () => ({ type: 'start', runId }) };
    case 'running':
      return { label: run.lastLap ? 'Last lap' : 'Running', command: null };
    case 'paused':
      return { label: 'Go on', command: () => ({ type: 'resume', runId }) };
    case 'over':
      return confirmStep(runId, doubtful);
    default:
      return { label: 'Nothing to do', command: null };
  }
}
