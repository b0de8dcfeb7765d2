import { Link } from 'wouter';
import styles from './review.module.css';
import { useReviewBoards } from './use-review.js';

/** How many results wait for a person, as a link to them; nothing where none does or who looks is no staff. */
export function ReviewLink() {
  const { data } = useReviewBoards();
  const count = (data?.boards ?? []).reduce((sum, { results }) => sum + results, 0);
  if (count === 0) return null;
  return (
    <Link href="/held" className={styles.waiting}>
      {count === 1 ? '1 result waits' : `${count} results wait`}
    </Link>
  );
}
