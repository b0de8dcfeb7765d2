import type { RaceState } from '@pitwall/protocol/race';
import { lapTime } from '../times/index.js';
import { podiumOf } from './podium.js';
import styles from './podium-view.module.css';

/** Who won, read from the last row. */
export function PodiumView({ state }: { readonly state: RaceState }) {
  const [first, ...others] = podiumOf(state);
  if (first === undefined) return <p className={styles.nobody}>The race is over. Nobody has a result.</p>;
  return (
    <div className={styles.podium} data-testid="podium">
      <p className={styles.label}>{state.phase === 'official' ? 'Winner' : 'Provisional winner'}</p>
      <h2 className={styles.first} data-long={first.alias.length > 18}>
        {first.alias}
      </h2>
      {first.score === null ? null : <p className={styles.score}>{lapTime(first.score)}</p>}
      <ol className={styles.others} start={2}>
        {others.map(({ place, alias, score }) => (
          <li key={`${place} ${alias}`}>
            <b>{place}</b>
            <span>{alias}</span>
            {score === null ? null : <span>{lapTime(score)}</span>}
          </li>
        ))}
      </ol>
    </div>
  );
}
