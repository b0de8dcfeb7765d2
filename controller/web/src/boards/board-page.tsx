import type { Standings, StandingsRow } from '@pitwall/protocol/api';
import { useEffect, useState } from 'react';
import { Note } from '../shell/index.js';
import { gapTime, lapTime, plusMinus } from '../times/index.js';
import styles from './board-page.module.css';
import { isFresh, rowNames } from './fresh-rows.js';
import { useStandings } from './use-boards.js';

/** One leaderboard: what was driven on the track beside what was driven in the simulator. */
export default function BoardPage({ id }: { readonly id: string }) {
  const { data, error } = useStandings(id);
  if (data !== undefined) return <Board key={data.leaderboard} standings={data} error={error} />;
  return error === null ? <Note title="One moment …" /> : <Note title="No board to show.">{error.message}</Note>;
}

function Board({ standings, error }: { readonly standings: Standings; readonly error: Error | null }) {
  const { name, metric, physical, virtual, unranked } = standings;
  const before = useBefore(standings);
  return (
    <>
      <div className={styles.title}>
        <h1>{name}</h1>
        <p>Ranked by {metric}</p>
      </div>
      {error === null ? null : (
        <p className={styles.stale} role="alert">
          The board cannot be read now; this is how it stood.
        </p>
      )}
      <div className={styles.columns}>
        <Column title="On the track" rows={physical} before={before} empty="No result from a track yet." />
        <Column title="Virtual" rows={virtual} before={before} empty="No result from the simulator yet." />
      </div>
      {unranked.length === 0 ? null : (
        <p className={styles.unranked}>Without a qualifying result: {unranked.map(({ alias }) => alias).join(', ')}</p>
      )}
    </>
  );
}

/** The rows as they were before the last change. */
function useBefore(standings: Standings): ReadonlySet<string> | undefined {
  const [seen, setSeen] = useState<{ now: ReadonlySet<string>; before: ReadonlySet<string> | undefined }>(() => ({
    now: rowNames(standings),
    before: undefined,
  }));
  useEffect(() => {
    const now = rowNames(standings);
    setSeen((last) =>
      now.size === last.now.size && [...now].every((row) => last.now.has(row)) ? last : { now, before: last.now },
    );
  }, [standings]);
  return seen.before;
}

interface ColumnProps {
  readonly title: string;
  readonly rows: readonly StandingsRow[];
  readonly before: ReadonlySet<string> | undefined;
  readonly empty: string;
}

function Column({ title, rows, before, empty }: ColumnProps) {
  const leader = rows[0];
  return (
    <section className={styles.column} aria-label={title}>
      <header>
        <h2>{title}</h2>
        <span>{rows.length === 1 ? '1 racer' : `${rows.length} racers`}</span>
      </header>
      {leader === undefined ? (
        <p className={styles.empty}>{empty}</p>
      ) : (
        <table className={styles.rows}>
          <thead className="unseen">
            <tr>
              <th>Place</th>
              <th>Racer</th>
              <th>Score</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr
                key={`${row.racer} ${row.resultId} ${row.score}`}
                data-place={row.rank}
                className={isFresh(row, before) ? styles.fresh : undefined}
              >
                <td className={styles.place}>{row.rank}</td>
                <td className={styles.name}>
                  {row.alias}
                  {row.country === undefined ? null : <abbr>{row.country}</abbr>}
                  <small>{row.model?.name ?? 'model not declared'}</small>
                </td>
                <td className={styles.score}>
                  {lapTime(row.score)}
                  <small>
                    {[
                      row.rank === 1 ? '' : gapTime(row.score, leader.score),
                      row.bestLap === row.score ? '' : `best lap ${lapTime(row.bestLap)}`,
                      row.uncertainty > 0 ? plusMinus(row.uncertainty) : '',
                    ].join(' ')}
                  </small>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      )}
    </section>
  );
}
