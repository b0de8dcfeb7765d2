import { Link } from 'wouter';
import { useSeasons } from '../seasons/index.js';
import { LinkList, Note } from '../shell/index.js';
import BoardPage from './board-page.js';
import { useBoards } from './use-boards.js';

/** The board, where there is one; else which one? */
export default function BoardsPage() {
  const { data, error } = useBoards();
  const { data: seasons } = useSeasons();
  if (data === undefined)
    return error === null ? (
      <Note title="One moment …" />
    ) : (
      <Note title="The boards cannot be read.">{error.message}</Note>
    );
  const [first, ...others] = data;
  if (first === undefined) return <Note title="There is no leaderboard yet." />;
  if (others.length === 0) return <BoardPage id={first.id} />;
  return (
    <LinkList>
      {data.map(({ id, name }) => (
        <li key={id}>
          <Link href={`/boards/${id}`}>{name}</Link>
        </li>
      ))}
      {seasons?.map(({ id, name }) => (
        <li key={`season ${id}`}>
          <Link href={`/seasons/${id}`}>
            {name}
            <small>season</small>
          </Link>
        </li>
      ))}
    </LinkList>
  );
}
