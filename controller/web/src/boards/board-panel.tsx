import type { StandingsRow } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { Panel } from '../shell/index.js';
import { lapTime } from '../times/index.js';
import styles from './board-panel.module.css';
import { useStandings } from './use-boards.js';

/** The top of a leaderboard beside a race: the track's column and the virtual one. */
export function BoardPanel({ id, most }: { readonly id: string; readonly most: number }) {
  const { data } = useStandings(id);
  if (data === undefined) return null;
  const { name, physical, virtual } = data;
  return (
    <Panel title="Leaderboard" aside={<Link href={`/boards/${id}`}>{name}</Link>}>
      <div className={styles.columns}>
        <Column title="On the track" rows={physical.slice(0, most)} />
        <Column title="Virtual" rows={virtual.slice(0, most)} />
      </div>
    </Panel>
  );
}

function Column({ title, rows }: { readonly title: string; readonly rows: readonly StandingsRow[] }) {
  return (
    <div>
      <h3>{title}</h3>
      {rows.length === 0 ? <p>No result yet.</p> : null}
      <ol>
        {rows.map(({ rank, racer, alias, score }) => (
          <li key={racer}>
            <span>{rank}</span>
            <span className={styles.name}>{alias}</span>
            <b>{lapTime(score)}</b>
          </li>
        ))}
      </ol>
    </div>
  );
}
