import type { Submission } from '@pitwall/protocol/api';
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

/** 1st, 2nd, 3rd, 4th, 11th, 21st. */
export function ordinal(rank: number): string {
  const ends = { 1: 'st', 2: 'nd', 3: 'rd' }[rank % 10] ?? 'th';
  return `${rank}${rank % 100 >= 11 && rank % 100 <= 13 ? 'th' : ends}`;
}

/** What a submission is now, for the one who sent it. */
export function statusView(status: Status): StatusView {
  const plain = { detail: null, tone: 'idle', pending: false, part: null } as const;
  switch (status.state) {
    case 'queued':
      return { ...plain, text: `queued at place ${status.place}`, pending: true };
    case 'evaluating':
      return { ...plain, ...evaluating(status.progress), tone: 'go', pending: true };
    case 'ranking':
      return { ...plain, text: 'evaluated; its result is on its way to the board', tone: 'go', part: 1 };
    case 'ranked':
      return {
        ...plain,
        text: status.counts ? `ranked ${ordinal(status.rank)} of ${status.of}` : 'another one of yours counts',
        detail: `${lapTime(status.score)}${status.bestLap === status.score ? '' : `, best lap ${lapTime(status.bestLap)}`}`,
        tone: 'done',
      };
    case 'not-qualified':
      return { ...plain, text: 'did not qualify', detail: status.reason, tone: 'stop' };
    case 'failed':
      return { ...plain, text: 'could not be evaluated', detail: status.reason, tone: 'stop' };
    case 'cancelled':
      return { ...plain, text: 'cancelled' };
    case 'withdrawn':
      return { ...plain, text: 'withdrawn', detail: 'The organizer took it off the board.' };
  }
}

function evaluating(progress: Extract<Status, { state: 'evaluating' }>['progress']): { text: string; part: number } {
  if (progress === null) return { text: 'being evaluated', part: 0 };
  const { checkpoint, checkpoints, lap, laps } = progress;
  return {
    text: `checkpoint ${checkpoint} of ${checkpoints}, lap ${lap}${laps > 1 ? ` of ${laps}` : ''}`,
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
