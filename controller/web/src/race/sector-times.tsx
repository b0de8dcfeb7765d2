import { lapTime, plusMinus } from '../times/index.js';
import styles from './sector-times.module.css';
import type { SectorView } from './sectors.js';

const words: Record<SectorView['rank'], string> = {
  best: 'best of the race',
  own: 'own best',
  slower: 'slower than the own best',
  void: 'does not count',
};

/** A lap's sectors in a row: purple for the best of the race, green for the racer's own, yellow for slower. */
export function SectorTimes({ sectors }: { readonly sectors: readonly SectorView[] }) {
  if (sectors.length === 0) return null;
  return (
    <ol className={styles.sectors} data-testid="sectors">
      {sectors.map(({ sector, time, uncertainty, rank }) => (
        <li
          key={sector}
          data-rank={rank}
          title={time === null ? 'No time' : `${plusMinus(uncertainty)}, ${words[rank]}`}
        >
          <small>S{sector}</small> <b>{time === null ? '—' : lapTime(time)}</b>
          {time === null || rank === 'slower' ? null : <span className="unseen">, {words[rank]}</span>}
        </li>
      ))}
    </ol>
  );
}
