import { type RaceSetup, Timing } from '@pitwall/protocol/race';
import { fieldWords, idsIn, setupDraft } from './setup-draft.js';

/** How a race is timed, as it is typed; times in seconds. */
export interface TimingDraft {
  /** Ids, with commas between them. */
  readonly gates: string;
  /** Empty where laps end at the start line. */
  readonly finish: string;
  readonly splits: string;
  readonly shortest: string;
  readonly longest: string;
  readonly holdoff: string;
}

export function timingDraft(setup: RaceSetup): TimingDraft {
  const { gates, finish, splits, rules } = setupDraft(setup);
  const { shortest, longest, holdoff } = rules;
  return { gates, finish, splits, shortest, longest, holdoff };
}

export type ReadTiming =
  | { readonly timing: Timing; readonly wrong: null }
  | { readonly timing: null; readonly wrong: string[] };

const micros = (typed: string): number => (typed.trim() === '' ? Number.NaN : Math.round(Number(typed) * 1_000_000));

/** The timing that was typed, or what is wrong with it, field by field. */
export function readTiming({ gates, finish, splits, shortest, longest, holdoff }: TimingDraft): ReadTiming {
  const parsed = Timing.safeParse({
    gates: idsIn(gates),
    ...(finish.trim() === '' ? {} : { finish: idsIn(finish) }),
    ...(splits.trim() === '' ? {} : { splits: idsIn(splits) }),
    plausible: { min: micros(shortest), max: micros(longest) },
    holdoff: micros(holdoff),
  });
  if (parsed.success) return { timing: parsed.data, wrong: null };
  return { timing: null, wrong: parsed.error.issues.map(({ path, message }) => `${fieldWords(path)}: ${message}`) };
}
