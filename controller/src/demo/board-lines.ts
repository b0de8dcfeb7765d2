import type { Standings, StandingsRow } from '@pitwall/protocol/api';

const row = (kind: string, { rank, alias, bestLapText, laps }: StandingsRow): string =>
  `  ${String(rank).padStart(2)}.  ${alias.padEnd(20)} ${kind.padEnd(9)} best lap ${bestLapText} of ${laps}`;

/** The board as a few lines, physical results beside virtual ones. */
export function board({ name, physical, virtual }: Standings, most = 3): string {
  return [
    `Standing of ${name}:`,
    ...physical.slice(0, most).map((entry) => row('physical', entry)),
    ...virtual.slice(0, most).map((entry) => row('virtual', entry)),
  ].join('\n');
}
