import type { Submission } from '@pitwall/protocol/api';
import { words } from '../online-words/index.js';
import { lapTime } from '../times/index.js';

export type Tone = 'idle' | 'go' | 'done' | 'stop';

export interface StatusView {
  readonly text: string;
  /** Why, or what it came to; null: the text says it all. */
  readonly detail: string | null;
  readonly tone: Tone;
  /** Whether it can still be cancelled. */
  readonly pending: boolean;
  /** 0 to 1 while it is being evaluated. */
  readonly part: number | null;
}

type Status = Submission['status'];

/** What a submission is now, for the one who sent it. */
export function statusView(status: Status): StatusView {
  const plain = { detail: null, tone: 'idle', pending: false, part: null } as const;
  switch (status.state) {
    case 'queued':
      return { ...plain, text: words.online.queuedAt(status.place), pending: true };
    case 'evaluating':
      return { ...plain, ...evaluating(status.progress), tone: 'go', pending: true };
    case 'ranking':
      return { ...plain, text: words.online.evaluatedItsResultIsOn, tone: 'go', part: 1 };
    case 'ranked':
      return {
        ...plain,
        text: status.counts
          ? words.online.rankedOf(words.common.ordinal(status.rank), status.of)
          : words.online.anotherOneOfYoursCounts,
        detail: `${lapTime(status.score)}${status.bestLap === status.score ? '' : words.online.bestLapTime(lapTime(status.bestLap))}`,
        tone: 'done',
      };
    case 'not-qualified':
      return { ...plain, text: words.online.didNotQualify, detail: status.reason, tone: 'stop' };
    case 'failed':
      return { ...plain, text: words.online.couldNotBeEvaluated, detail: status.reason, tone: 'stop' };
    case 'cancelled':
      return { ...plain, text: words.online.cancelled };
    case 'withdrawn':
      return { ...plain, text: words.online.withdrawn, detail: words.online.theOrganizerTookItOff };
  }
}

function evaluating(progress: Extract<Status, { state: 'evaluating' }>['progress']): { text: string; part: number } {
  if (progress === null) return { text: words.online.beingEvaluated, part: 0 };
  const { checkpoint, checkpoints, lap, laps } = progress;
  return {
    text: words.online.evaluatingCheckpoint(checkpoint, checkpoints, lap, laps > 1 ? words.online.ofLaps(laps) : ''),
    part: Math.min(1, (checkpoint - 1 + (lap - 1) / laps) / checkpoints),
  };
}

/** Whether an evaluation is there to look at. */
export const isEvaluated = ({ state }: Status): boolean =>
  state === 'ranked' || state === 'not-qualified' || state === 'ranking' || state === 'withdrawn';

/** The racer's own best: the one that counts, if any does. */
export function bestOf(submissions: readonly Submission[]): Submission | undefined {
  return submissions.find(({ status }) => status.state === 'ranked' && status.counts);
}
