import { Badge, Button, Group, Table, Text } from '@mantine/core';
import type { PastResult, RacerProfile } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { countryName } from '../forms/index.js';
import { Note, PageTitle, Panel, Soft, Split } from '../shell/index.js';
import { dateText, lapTime } from '../times/index.js';
import { language, words } from '../words/index.js';
import { AcrossLinks } from './across-links.js';
import { Avatar } from './avatar.js';
import { DeleteRacer } from './delete-racer.js';
import { RemovePicture } from './remove-picture.js';
import { isNobody, useProfile, useResults } from './use-racers.js';
import { WideTable } from './wide-table.js';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Who a racer is, and what they drove, over time and across events. */
export default function RacerPage({ racer }: { readonly racer: string }) {
  const { data, error } = useProfile(racer);
  if (data !== undefined) return <Shown profile={data} />;
  if (error === null) return <Note title={words.common.oneMoment} />;
  return isNobody(error) ? (
    <Note title={words.racers.noSuchRacer}>
      <Link href="/statistics">{words.racers.statistics}</Link>
    </Note>
  ) : (
    <Note title={words.racers.cannotBeRead}>{error.message}</Note>
  );
}

function Shown({ profile }: { readonly profile: RacerProfile }) {
  const { alias, country, results, bests } = profile;
  return (
    <>
      <PageTitle
        aside={
          <>
            {country === undefined ? null : <span>{countryName(country, language)}</span>}
            <span>{words.racers.resultCount(results)}</span>
            <AcrossLinks />
          </>
        }
      >
        {alias}
      </PageTitle>
      <Group mb="md">
        <Avatar {...profile} size="5rem" />
        <RemovePicture profile={profile} />
        <DeleteRacer profile={profile} />
      </Group>
      <Split>
        <Results racer={profile.racer} />
        <Panel title={words.racers.bestByTrack}>
          {bests.length === 0 ? <Soft>{words.racers.noResults}</Soft> : <Bests bests={bests} />}
        </Panel>
      </Split>
    </>
  );
}

const Bests = ({ bests }: Pick<RacerProfile, 'bests'>) => (
  <WideTable heads={[words.common.track, words.racers.results, words.common.bestLap]} figuresFrom={1}>
    {bests.map(({ track, trackName, kind, bestLap, results }) => (
      <Table.Tr key={`${JSON.stringify(track)} ${kind}`}>
        <Table.Td>
          {trackName}
          <Soft>
            {words.common.directions[track.direction]}, {words.racers.kinds[kind]}
          </Soft>
        </Table.Td>
        <Table.Td ta="right">{results}</Table.Td>
        <Table.Td ta="right" fz="1.2rem" fw={750}>
          {lapTime(bestLap)}
        </Table.Td>
      </Table.Tr>
    ))}
  </WideTable>
);

function Results({ racer }: { readonly racer: string }) {
  const { data, error, hasNextPage, isFetching, fetchNextPage } = useResults(racer);
  const rows = data?.pages.flatMap(({ results }) => results) ?? [];
  return (
    <Panel title={words.racers.results}>
      {error === null ? null : <Text>{error.message}</Text>}
      {data !== undefined && rows.length === 0 ? <Soft>{words.racers.noResults}</Soft> : null}
      {rows.length === 0 ? null : (
        <WideTable
          heads={[words.racers.where, words.common.track, words.common.bestLap, words.common.score]}
          figuresFrom={2}
        >
          {rows.map((row) => (
            <ResultRow key={`${row.leaderboard} ${row.resultId}`} row={row} />
          ))}
        </WideTable>
      )}
      {hasNextPage ? (
        <Button variant="default" fullWidth disabled={isFetching} onClick={() => fetchNextPage()}>
          {words.common.showMore}
        </Button>
      ) : null}
    </Panel>
  );
}

const ResultRow = ({ row }: { readonly row: PastResult }) => (
  <Table.Tr>
    <Table.Td miw="10rem">
      {row.event === null ? null : (
        <>
          <Link href={`/events/${row.event.event}`}>{row.event.name}</Link> ·{' '}
        </>
      )}
      <Link href={`/boards/${row.leaderboard}`}>{row.name}</Link>
      <Soft>{dateText(row.finishedAt, here)}</Soft>
    </Table.Td>
    <Table.Td>
      {row.trackName} {row.imported ? <Badge variant="default">{words.boards.imported}</Badge> : null}
      <Soft>{[words.racers.kinds[row.kind], row.model].filter((part) => part !== null).join(' · ')}</Soft>
    </Table.Td>
    <Table.Td ta="right">{row.bestLap === null ? '–' : lapTime(row.bestLap)}</Table.Td>
    <Table.Td ta="right" fw={750}>
      <Link href={`/boards/${row.leaderboard}/results/${row.resultId}`}>
        {row.score === null ? '–' : lapTime(row.score)}
      </Link>
    </Table.Td>
  </Table.Tr>
);
