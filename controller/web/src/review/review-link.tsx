import { Button } from '@mantine/core';
import { Link } from 'wouter';
import { words } from '../words/index.js';
import { useReviewBoards } from './use-review.js';

/** How many results wait for a person, as a link to them; nothing where none does or who looks is no staff. */
export function ReviewLink() {
  const { data } = useReviewBoards();
  const count = (data?.boards ?? []).reduce((sum, { results }) => sum + results, 0);
  if (count === 0) return null;
  return (
    <Button component={Link} href="/held" variant="outline" size="xs" c="var(--warn)" bd="1px solid var(--warn)">
      {words.common.resultsWait(count)}
    </Button>
  );
}
