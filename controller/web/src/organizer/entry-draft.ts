import { AskedEntry, type Entry } from '@pitwall/protocol/race';
import { words } from '../staff-words/index.js';

export type { AskedEntry };

/** An entry as it is typed. */
export interface EntryDraft {
  readonly alias: string;
  /** Empty: the desk makes one. */
  readonly racer: string;
  readonly country: string;
  readonly division: string;
  readonly car: string;
  /** One model a line: its hash, then its name. */
  readonly models: string;
}

export const emptyEntry: EntryDraft = { alias: '', racer: '', country: '', division: '', car: '', models: '' };

export const entryDraft = ({ alias, racer, country, division, car, models }: Entry): EntryDraft => ({
  alias,
  racer,
  country: country ?? '',
  division: division ?? '',
  car: car ?? '',
  models: models.map(({ hash, name }) => `${hash} ${name}`).join('\n'),
});

/** The entry that was typed, or what is wrong with it. */
export function readEntry(
  draft: EntryDraft,
): { readonly entry: AskedEntry; readonly wrong: null } | { readonly entry: null; readonly wrong: string[] } {
  const parsed = AskedEntry.safeParse({
    ...(draft.racer.trim() === '' ? {} : { racer: draft.racer.trim() }),
    alias: draft.alias,
    ...(draft.country === '' ? {} : { country: draft.country }),
    ...(draft.division.trim() === '' ? {} : { division: draft.division.trim() }),
    car: draft.car.trim() === '' ? null : draft.car.trim(),
    models: draft.models
      .split('\n')
      .map((line) => line.trim())
      .filter((line) => line !== '')
      .map((line) => {
        const [hash = '', ...name] = line.split(/\s+/);
        return { hash: hash.toLowerCase(), name: name.join(' ') || hash.slice(0, 12) };
      }),
  });
  if (parsed.success) return { entry: parsed.data, wrong: null };
  return {
    entry: null,
    wrong: parsed.error.issues.map(({ path, message }) =>
      path[0] === 'models'
        ? words.organizer.model(Number(path[1]) + 1, message)
        : `${names[String(path[0])]}: ${message}`,
    ),
  };
}

const names: Readonly<Record<string, string>> = {
  racer: words.organizer.racersId,
  alias: words.organizer.alias,
  country: words.common.country,
  division: words.common.division,
  car: words.common.car,
};
