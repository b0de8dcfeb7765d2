import type { RaceState, RunState } from '@pitwall/protocol/race';
import { Panel } from '../shell/index.js';
import { gapTime, lapTime, plusMinus, waitText } from '../times/index.js';
import styles from './lists.module.css';
import { aliasOf, lapRows } from './run-view.js';
import { SectorTimes } from './sector-times.js';
import { lapUnderWay } from './sectors.js';

/** The run's laps, the latest on top. */
export function LapList({ run, state, most }: { run: RunState; state: RaceState; most: number }) {
  const rows = lapRows(run, state);
  const underWay = lapUnderWay(run, state);
  return (
    <Panel title="Laps" aside={rows.length > most ? `the last ${most} of ${rows.length}` : undefined}>
      {rows.length === 0 && underWay === null ? (
        <p className={styles.empty}>No lap yet.</p>
      ) : (
        <table className={styles.table} data-testid="laps">
          <thead className="unseen">
            <tr>
              <th>Lap</th>
              <th>What there is to say</th>
              <th>Uncertainty</th>
              <th>Time</th>
            </tr>
          </thead>
          <tbody>
            {underWay === null ? null : (
              <tr className={styles.row}>
                <td className={styles.number}>{underWay.lap}</td>
                <td className={styles.notes} colSpan={3}>
                  <SectorTimes sectors={underWay.sectors} />
                </td>
              </tr>
            )}
            {rows.slice(0, most).map(({ lap, rank, time, notes, uncertainty, penalty, sectors }) => (
              <tr key={lap} className={styles.row} data-rank={rank}>
                <td className={styles.number}>{lap}</td>
                <td className={styles.notes}>
                  {rank === 'best' ? (
                    <span className={styles.tag} data-tone="best">
                      Best of the race
                    </span>
                  ) : null}
                  {rank === 'own' ? (
                    <span className={styles.tag} data-tone="own">
                      Own best
                    </span>
                  ) : null}{' '}
                  {[...notes, ...(penalty > 0 ? [`${gapTime(penalty, 0)} penalty`] : [])].join(', ')}
                  <SectorTimes sectors={sectors} />
                </td>
                <td className={styles.soft}>{time === null ? '' : plusMinus(uncertainty)}</td>
                <td className={styles.time}>{time === null ? '—' : lapTime(time)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </Panel>
  );
}

export function StandingsList({ state, most }: { state: RaceState; most: number }) {
  const rows = state.standings.filter(({ score }) => score !== null);
  const without = state.standings.filter(({ score }) => score === null);
  const leader = rows[0]?.score ?? null;
  const now = state.runs.find(({ runId }) => runId === state.current)?.racer;
  return (
    <Panel title="Standings" aside={rows.length > most ? `${most} of ${rows.length}` : undefined}>
      {rows.length === 0 ? (
        <p className={styles.empty}>Nobody has a time yet.</p>
      ) : (
        <table className={styles.table} data-testid="standings">
          <thead className="unseen">
            <tr>
              <th>Place</th>
              <th>Racer</th>
              <th>Behind</th>
              <th>Score</th>
            </tr>
          </thead>
          <tbody>
            {rows.slice(0, most).map(({ racer, alias, rank, score, overlaps }) => (
              <tr key={racer} className={styles.row} {...(racer === now ? { 'data-now': true } : {})}>
                <td className={styles.place}>{rank ?? '–'}</td>
                <td className={styles.name}>
                  {alias}{' '}
                  {overlaps ? (
                    <span
                      className={styles.tag}
                      data-tone="close"
                      title="The measurements of this place and the next overlap"
                    >
                      too close to call
                    </span>
                  ) : null}
                </td>
                <td className={styles.soft}>
                  {rank === 1 || score === null || leader === null ? '' : gapTime(score, leader)}
                </td>
                <td className={styles.time}>{score === null ? '—' : lapTime(score)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
      {rows.length === 0 || without.length === 0 ? null : (
        <p className={styles.without}>No score yet: {without.map(({ alias }) => alias).join(', ')}</p>
      )}
    </Panel>
  );
}

export function QueueList({ state, most }: { state: RaceState; most: number }) {
  return (
    <Panel title="Next" aside={state.queue.length > most ? `${state.queue.length} waiting` : undefined}>
      {state.queue.length === 0 ? (
        <p className={styles.empty}>Nobody is waiting.</p>
      ) : (
        <ol className={styles.queue} data-testid="queue">
          {state.queue.slice(0, most).map(({ racer, wait }) => (
            <li key={racer}>
              <span>{aliasOf(state, racer)}</span>
              <span>{wait === null ? '' : waitText(wait)}</span>
            </li>
          ))}
        </ol>
      )}
    </Panel>
  );
}
