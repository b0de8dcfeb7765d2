import { Button } from '@mantine/core';
import { useState } from 'react';
import { Link } from 'wouter';
import { Note, PageTitle, Panel, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { SeasonTable } from './season-table.js';
import { useSeason, useSeasons } from './use-seasons.js';

const seasonsAtOnce = 5;
const mostOfTable = 10;

/** All seasons, each with the first of its table. */
export default function SeasonsPage() {
  const { data, error } = useSeasons();
  const [shown, setShown] = useState(seasonsAtOnce);
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.seasons.noSeasonToShow}>{error.message}</Note>
    );
  return (
    <>
      <PageTitle
        aside={
          <>
            <Link href="/boards">{words.common.boards}</Link>
            <Link href="/statistics">{words.racers.statistics}</Link>
          </>
        }
      >
        {words.racers.seasons}
      </PageTitle>
      {data.length === 0 ? <Soft>{words.racers.noSeasons}</Soft> : null}
      {data.slice(0, shown).map(({ id, name }) => (
        <First key={id} id={id} name={name} />
      ))}
      {data.length > shown ? (
        <Button variant="default" onClick={() => setShown(shown + seasonsAtOnce)}>
          {words.common.showMore}
        </Button>
      ) : null}
    </>
  );
}

function First({ id, name }: { readonly id: string; readonly name: string }) {
  const { data } = useSeason(id);
  return (
    <Panel title={name} aside={<Link href={`/seasons/${id}`}>{words.racers.wholeTable}</Link>}>
      {data === undefined ? (
        <Soft>{words.common.oneMoment}</Soft>
      ) : data.rows.length === 0 ? (
        <Soft>{words.seasons.nobodyHasPointsYet}</Soft>
      ) : (
        <SeasonTable {...data} rows={data.rows.slice(0, mostOfTable)} />
      )}
    </Panel>
  );
}
