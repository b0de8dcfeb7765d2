import { Link } from 'wouter';
import styles from './held.module.css';
import { useWaiting } from './use-held.js';

/** How many results wait for a person, as a link to them; nothing where none does or who looks is no staff. */
export function WaitingLink() {
  const { data } = useWaiting();
  const count = (data?.boards ?? []).reduce((sum, { results }) => sum + results, 0);
  if (count === 0) return null;
  return (
    <Link href="/held" className={styles.waiting}>
      {count === 1 ? '1 result waits' : `${count} results wait`}
    </Link>
  );
}
