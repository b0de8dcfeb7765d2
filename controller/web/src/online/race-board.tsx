import type { OnlineRace } from '@pitwall/protocol/api';
import { metricInWords } from '@pitwall/protocol/ranking';
import { Link } from 'wouter';
import { forms } from '../forms/index.js';
import { Panel } from '../shell/index.js';
import { gapTime, lapTime } from '../times/index.js';
import styles from './online.module.css';
import { useRaceStandings } from './use-online.js';

/** The race's board; each row leads to what was driven. */
export function RaceBoard({ race, own }: { readonly race: OnlineRace; readonly own: string | undefined }) {
  const { data, error } = useRaceStandings(race.race, race.leaderboard);
  const rows = data?.virtual ?? [];
  const leader = rows[0];
  return (
    <Panel title="Standings" aside={metricInWords(race.setup.rules.ranking)}>
      {leader !== undefined ? null : (
        <p className={forms.soft}>{error === null ? 'No result yet.' : `The board cannot be read: ${error.message}`}</p>
      )}
      {leader === undefined ? null : (
        <table className={styles.board} data-testid="standings">
          <tbody>
            {rows.map((row) => (
              <tr key={row.racer} {...(row.racer === own ? { 'data-own': true } : {})}>
                <td>{row.rank}</td>
                <td>
                  <Link href={`/online/${race.race}/submissions/${row.resultId}`}>{row.alias}</Link>
                  <small>{[row.country, row.model?.name].filter((part) => part !== undefined).join(' · ')}</small>
                </td>
                <td>
                  {lapTime(row.score)}
                  <small>{row.rank === 1 ? '' : gapTime(row.score, leader.score)}</small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {data === undefined || data.unranked.length === 0 ? null : (
        <p className={forms.soft}>Without a qualifying result: {data.unranked.map(({ alias }) => alias).join(', ')}</p>
      )}
    </Panel>
  );
}
