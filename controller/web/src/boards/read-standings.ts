import { parse } from '@pitwall/protocol';
import { Standings } from '@pitwall/protocol/api';
import { get } from '../http/index.js';

/** What has a cursor of its own. */
export type ColumnName = keyof Standings['next'];

/** The part of a board that is shown; empty text takes any. Each part has its own ranks. */
export interface Part {
  readonly country: string;
  readonly division: string;
}

export const wholeBoard: Part = { country: '', division: '' };

/** How many pages of each column are shown. */
export type Pages = Readonly<Partial<Record<ColumnName, number>>>;

export const partQuery = ({ country, division }: Part, cursor: string | null = null): string => {
  const asked = Object.entries({ country, division, cursor: cursor ?? '' }).filter(([, value]) => value !== '');
  return asked.length === 0 ? '' : `?${new URLSearchParams(asked)}`;
};

/**
 * So many pages of each column as one, read one after another from the top: however the board changed meanwhile, no
 * racer is left out between two pages that were read at different times.
 */
export async function readStandings(id: string, part: Part, pages: Pages, signal: AbortSignal): Promise<Standings> {
  const read = (cursor: string | null) =>
    get(
      `/api/v1/leaderboards/${encodeURIComponent(id)}/standings${partQuery(part, cursor)}`,
      (value) => parse(Standings, value, `The standings of ${id}`),
      signal,
    );
  const all = await read(null);
  for (const [column, count] of Object.entries(pages) as [ColumnName, number][])
    for (let page = 1; page < count; page += 1) {
      const cursor = all.next[column] ?? null;
      if (cursor === null) break;
      const more = await read(cursor);
      (all[column] as unknown[] | undefined)?.push(...(more[column] ?? []));
      all.next[column] = more.next[column] ?? null;
    }
  return all;
}
