import { AcrossLinks } from '../racers/index.js';
import { useSeasons } from '../seasons/index.js';
import { LargeLink, LinkList, Narrow, Note, PageTitle, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import BoardPage from './board-page.js';
import { useBoards } from './use-boards.js';

/** The board, where there is one; else which one? */
export default function BoardsPage() {
  const { data, error } = useBoards();
  const { data: seasons } = useSeasons();
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.boards.theBoardsCannotBeRead}>{error.message}</Note>
    );
  const [first, ...others] = data;
  if (first === undefined) return <Note title={words.boards.thereIsNoLeaderboardYet} />;
  if (others.length === 0) return <BoardPage id={first.id} />;
  return (
    <Narrow>
      <PageTitle aside={<AcrossLinks />}>{words.common.boards}</PageTitle>
      <LinkList>
        {data.map(({ id, name }) => (
          <LargeLink key={id} href={`/boards/${id}`}>
            {name}
          </LargeLink>
        ))}
        {seasons?.map(({ id, name }) => (
          <LargeLink key={`season ${id}`} href={`/seasons/${id}`}>
            {name}
            <Soft>{words.boards.season}</Soft>
          </LargeLink>
        ))}
      </LinkList>
    </Narrow>
  );
}
