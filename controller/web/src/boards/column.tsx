import type { StandingsRow } from '@pitwall/protocol/api';
import type { ReactNode } from 'react';
import { forms } from '../forms/index.js';
import { gapTime, lapTime, plusMinus } from '../times/index.js';
import styles from './board-page.module.css';
import { isFresh } from './fresh-rows.js';

interface ColumnProps {
  readonly title: string;
  readonly rows: readonly StandingsRow[];
  readonly before: ReadonlySet<string> | undefined;
  readonly empty: string;
  /** Shows the next page, where there is one. */
  readonly more: (() => void) | undefined;
}

/** One column of a board, from its first place. */
export function Column({ title, rows, before, empty, more }: ColumnProps) {
  const leader = rows[0];
  const count = rows.length === 1 ? '1 racer' : `${rows.length} racers`;
  return (
    <Box title={title} aside={more === undefined ? count : `the first ${rows.length}`}>
      {leader === undefined ? (
        <p className={styles.empty}>{empty}</p>
      ) : (
        <Rows rows={rows} best={leader.score} before={before} />
      )}
      {more === undefined ? null : (
        <button type="button" className={`${forms.plain} ${styles.more}`} onClick={more}>
          Show more
        </button>
      )}
    </Box>
  );
}

export function Box(props: { readonly title: string; readonly aside: string; readonly children: ReactNode }) {
  return (
    <section className={styles.column} aria-label={props.title}>
      <header>
        <h2>{props.title}</h2>
        <span>{props.aside}</span>
      </header>
      {props.children}
    </section>
  );
}

interface RowsProps {
  readonly rows: readonly StandingsRow[];
  /** The score that others are compared with, µs. */
  readonly best: number;
  readonly before?: ReadonlySet<string> | undefined;
  /** Whom somebody looks for. */
  readonly sought?: string;
}

export function Rows({ rows, best, before, sought }: RowsProps) {
  return (
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
            data-sought={row.racer === sought ? true : undefined}
            className={isFresh(row, before) ? styles.fresh : undefined}
          >
            <td className={styles.place}>{row.rank}</td>
            <td className={styles.name}>
              {row.alias}
              {row.country === undefined ? null : <abbr>{row.country}</abbr>}
              {row.division === undefined ? null : <abbr>{row.division}</abbr>}
              <small>{row.model?.name ?? 'model not declared'}</small>
            </td>
            <td className={styles.score}>
              {lapTime(row.score)}
              <small>
                {[
                  row.score === best ? '' : gapTime(row.score, best),
                  row.bestLap === row.score ? '' : `best lap ${lapTime(row.bestLap)}`,
                  row.uncertainty > 0 ? plusMinus(row.uncertainty) : '',
                ].join(' ')}
              </small>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  );
}
