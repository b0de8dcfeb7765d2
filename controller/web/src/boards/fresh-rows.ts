import type { Standings, StandingsRow } from '@pitwall/protocol/api';

/** Names a row as it stands: a better result or a new racer gives another name. */
const nameOf = ({ kind, racer, resultId, score }: StandingsRow): string => `${kind} ${racer} ${resultId} ${score}`;

export const rowNames = ({ physical, virtual }: Standings): ReadonlySet<string> =>
  new Set([...physical, ...virtual].map(nameOf));

/** Whether a row was not there before. On the first sight of a board nothing is new. */
export const isFresh = (row: StandingsRow, before: ReadonlySet<string> | undefined): boolean =>
  before !== undefined && !before.has(nameOf(row));
