import type { OpenDoubt } from '@pitwall/protocol/race';

/** The question whether a run is confirmed without its laps in doubt, once it is asked. */
export interface Question {
  readonly runId: string;
  /** What it was asked about: other doubts are another question. */
  readonly about: string;
  /** When it was asked, ms in the page's clock. */
  readonly since: number;
  /** What the desk said, where it asked. */
  readonly said: string | null;
}

/** A second press before this was no answer: nobody has read the question, ms. */
export const readingTime = 1000;

export interface Confirming {
  readonly runId: string;
  readonly doubts: readonly OpenDoubt[];
}

const aboutOf = ({ doubts }: Confirming): string => JSON.stringify(doubts);

export const ask = (confirming: Confirming, now: number, said: string | null = null): Question => ({
  runId: confirming.runId,
  about: aboutOf(confirming),
  since: now,
  said,
});

/** Whether the question that was asked is the one that there is now. */
export const isAsked = (question: Question | null, confirming: Confirming): question is Question =>
  question !== null && question.runId === confirming.runId && question.about === aboutOf(confirming);

/** What *Confirm* does: asks about doubts first, waits until they can have been read, and then confirms without them. */
export function pressConfirm(
  question: Question | null,
  confirming: Confirming,
  now: number,
): 'ask' | 'wait' | 'without-doubtful' | 'confirm' {
  if (!isAsked(question, confirming)) return confirming.doubts.length === 0 ? 'confirm' : 'ask';
  return now - question.since < readingTime ? 'wait' : 'without-doubtful';
}
