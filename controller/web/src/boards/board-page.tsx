import { Button, Group, Text } from '@mantine/core';
import { isPitwallError } from '@pitwall/protocol';
import type { Standings } from '@pitwall/protocol/api';
import { useEffect, useState } from 'react';
import { Link, useSearchParams } from 'wouter';
import { AcrossLinks } from '../racers/index.js';
import { SeasonLinks } from '../seasons/index.js';
import { Banner, Columns, Note, PageTitle } from '../shell/index.js';
import { words } from '../words/index.js';
import { Column } from './column.js';
import { FindForm, FoundRacers } from './find-racer.js';
import { rowNames } from './fresh-rows.js';
import { PartForm } from './part-form.js';
import type { ColumnName, Pages, Part } from './read-standings.js';
import { useStandings } from './use-boards.js';

/** One leaderboard: what was driven on the track beside what was driven in the simulator. */
export default function BoardPage({ id }: { readonly id: string }) {
  const [search, setSearch] = useSearchParams();
  const part = { country: search.get('country') ?? '', division: search.get('division') ?? '' };
  const [pages, setPages] = useState<Pages>({});
  const { data, error } = useStandings(id, part, pages);
  if (data === undefined) return error === null ? <Note title={words.common.oneMoment} /> : <NoBoard error={error} />;
  const choose = ({ country, division }: Part) => {
    setPages({});
    setSearch(Object.entries({ country, division }).filter(([, value]) => value !== ''));
  };
  const more = (column: ColumnName) => setPages((before) => ({ ...before, [column]: (before[column] ?? 1) + 1 }));
  return (
    <Board
      key={data.leaderboard}
      standings={data}
      shown={JSON.stringify([part, pages])}
      error={error}
      part={part}
      onPart={choose}
      onMore={more}
    />
  );
}

function NoBoard({ error }: { readonly error: Error }) {
  if (!isPitwallError(error) || error.code !== 'not-found')
    return <Note title={words.common.noBoardToShow}>{error.message}</Note>;
  return (
    <Note title={words.boards.thereIsNoSuchLeaderboard}>
      <Link href="/boards">{words.boards.theBoardsThatAre}</Link>
    </Note>
  );
}

interface BoardProps {
  readonly standings: Standings;
  /** Names the part and the pages of the board that are shown. */
  readonly shown: string;
  readonly error: Error | null;
  readonly part: Part;
  readonly onPart: (part: Part) => void;
  readonly onMore: (column: ColumnName) => void;
}

function Board({ standings, shown, error, part, onPart, onMore }: BoardProps) {
  const { name, metric, physical, virtual, combined, unranked, next } = standings;
  const before = useBefore(standings, shown);
  const [sought, setSought] = useState('');
  const moreOf = (column: ColumnName) => (next[column] == null ? undefined : () => onMore(column));
  return (
    <>
      <PageTitle
        aside={
          <>
            <span>{words.boards.rankedBy(metric)}</span>
            <AcrossLinks />
          </>
        }
      >
        {name}
      </PageTitle>
      <SeasonLinks board={standings.leaderboard} />
      <Group align="end" gap="md" mb="md" data-no-print>
        <PartForm
          key={`${part.country} ${part.division}`}
          part={part}
          rows={[...physical, ...virtual]}
          onPart={onPart}
        />
        <FindForm onFind={setSought} />
      </Group>
      <FoundRacers
        key={sought}
        called={sought}
        board={standings.leaderboard}
        part={part}
        onClose={() => setSought('')}
      />
      {error === null ? null : <Banner>{words.boards.theBoardCannotBeRead}</Banner>}
      <Columns>
        {combined === undefined ? null : (
          <Column
            board={standings.leaderboard}
            title={words.boards.bothKinds}
            rows={combined}
            before={before}
            more={moreOf('combined')}
            empty="No result yet."
          />
        )}
        <Column
          board={standings.leaderboard}
          title={words.boards.onTheTrack}
          rows={physical}
          before={before}
          more={moreOf('physical')}
          empty="No result from a track yet."
        />
        <Column
          board={standings.leaderboard}
          title={words.boards.virtual}
          rows={virtual}
          before={before}
          more={moreOf('virtual')}
          empty="No result from the simulator yet."
        />
      </Columns>
      {unranked.length === 0 || part.country !== '' || part.division !== '' ? null : (
        <Text c="dimmed" mt="md">
          {words.common.withoutAQualifyingResult(unranked.map(({ alias }) => alias).join(', '))}
          {next.unranked === null ? null : (
            <Button variant="default" size="xs" onClick={() => onMore('unranked')}>
              {words.boards.andMore}
            </Button>
          )}
        </Text>
      )}
    </>
  );
}

/** The rows as they were before the last change; rows of another page or part are no change. */
function useBefore(standings: Standings, shown: string): ReadonlySet<string> | undefined {
  const [seen, setSeen] = useState<{
    shown: string;
    now: ReadonlySet<string>;
    before: ReadonlySet<string> | undefined;
  }>(() => ({ shown, now: rowNames(standings), before: undefined }));
  useEffect(() => {
    const now = rowNames(standings);
    setSeen((last) => {
      if (last.shown !== shown) return { shown, now, before: undefined };
      const same = now.size === last.now.size && [...now].every((row) => last.now.has(row));
      return same ? last : { shown, now, before: last.now };
    });
  }, [standings, shown]);
  return seen.before;
}
