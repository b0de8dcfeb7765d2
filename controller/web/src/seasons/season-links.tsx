import { Link } from 'wouter';
import styles from './season.module.css';
import { useSeasons } from './use-seasons.js';

/** The seasons that a board belongs to; nothing where it is in none. */
export function SeasonLinks({ board }: { readonly board: string }) {
  const { data } = useSeasons();
  const seasons = data?.filter(({ races }) => races.some(({ leaderboard }) => leaderboard === board)) ?? [];
  if (seasons.length === 0) return null;
  return (
    <p className={styles.links}>
      Counts for{' '}
      {seasons.map(({ id, name }) => (
        <Link key={id} href={`/seasons/${id}`}>
          {name}
        </Link>
      ))}
    </p>
  );
}
