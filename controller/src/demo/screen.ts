import type { Standings, StandingsRow } from '@pitwall/protocol/api';

/** µs as a lap time: 9.874 s, or 1:02.300. Cut off, not rounded, as the ranking does. */
export function lapTime(micros: number): string {
  const thousandths = Math.floor(micros / 1000);
  const minutes = Math.floor(thousandths / 60_000);
  const rest = ((thousandths % 60_000) / 1000).toFixed(3);
  return minutes === 0 ? `${rest} s` : `${minutes}:${rest.padStart(6, '0')}`;
}

const row = (kind: string, { rank, alias, bestLap, laps }: StandingsRow): string =>
  `  ${String(rank).padStart(2)}.  ${alias.padEnd(20)} ${kind.padEnd(9)} best lap ${lapTime(bestLap)} of ${laps}`;

/** The board as a few lines, physical results beside virtual ones. */
export function board({ name, physical, virtual }: Standings, most = 3): string {
  return [
    `Standing of ${name}:`,
    ...physical.slice(0, most).map((entry) => row('physical', entry)),
    ...virtual.slice(0, most).map((entry) => row('virtual', entry)),
  ].join('\n');
}
