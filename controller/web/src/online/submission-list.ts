import type { Submission } from '@pitwall/protocol/api';

/** What is held, with what was just said of some: each once, newest first. */
export function merged(held: readonly Submission[], said: readonly Submission[]): Submission[] {
  const all = new Map(held.map((one) => [one.submission, one]));
  for (const one of said) all.set(one.submission, one);
  return [...all.values()].sort((a, b) => b.submittedAt - a.submittedAt || (a.submission < b.submission ? 1 : -1));
}
