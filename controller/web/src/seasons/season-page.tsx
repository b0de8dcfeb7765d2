import { Paper, Table, Text } from '@mantine/core';
import type { SeasonStandings } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { Banner, Empty, Note, PageTitle, Soft } from '../shell/index.js';
import { useSeason } from './use-seasons.js';

type Race = SeasonStandings['races'][number];
type Row = SeasonStandings['rows'][number];

/** A season: everyone's points, race by race. */
export default function SeasonPage({ id }: { readonly id: string }) {
  const { data, error } = useSeason(id);
  if (data === undefined)
    return error === null ? <Note title="One moment …" /> : <Note title="No season to show.">{error.message}</Note>;
  const { name, races, rows, points, bestOf } = data;
  const someAreLeftOut = rows.some((row) => row.races.some(({ counts }) => !counts));
  return (
    <>
      <PageTitle
        aside={
          <span>
            {races.length === 1 ? 'One race' : `${races.length} races`}
            {bestOf === null || bestOf >= races.length
              ? ''
              : `, of which a racer’s ${bestOf === 1 ? 'best one counts' : `best ${bestOf} count`}`}
          </span>
        }
      >
        {name}
      </PageTitle>
      {error === null ? null : <Banner>The season cannot be read now; this is how it stood.</Banner>}
      {rows.length === 0 ? <Empty title="Nobody has points yet." /> : null}
      <Paper p={0} style={{ overflowX: 'auto' }}>
        <Table verticalSpacing="0.5rem">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>Place</Table.Th>
              <Table.Th>Racer</Table.Th>
              <Table.Th ta="right">Points</Table.Th>
              {races.map((race) => (
                <RaceHead key={raceKey(race)} race={race} />
              ))}
            </Table.Tr>
          </Table.Thead>
          <Table.Tbody>
            {rows.map((row) => (
              <Racer key={row.racer} row={row} races={races} />
            ))}
          </Table.Tbody>
        </Table>
      </Paper>
      <Text c="dimmed" mt="sm">
        Points by place: {points.join(', ')}.
        {someAreLeftOut ? ' In brackets: does not count, the racer has better races.' : ''}
      </Text>
    </>
  );
}

const raceKey = ({ leaderboard, column, country, division }: Race): string =>
  JSON.stringify([leaderboard, column, country, division]);

const columns: Record<Race['column'], string> = {
  physical: 'on the track',
  virtual: 'virtual',
  combined: 'both kinds',
};

function RaceHead({ race }: { readonly race: Race }) {
  const { leaderboard, name, column, country, division } = race;
  const part = Object.entries({ country, division }).filter((pair): pair is [string, string] => pair[1] !== undefined);
  const query = part.length === 0 ? '' : `?${new URLSearchParams(part)}`;
  return (
    <Table.Th ta="right" miw="6rem">
      <Link href={`/boards/${leaderboard}${query}`}>{name}</Link>
      <Soft>{[columns[column], country, division].filter((text) => text !== undefined).join(', ')}</Soft>
    </Table.Th>
  );
}

function Racer({ row, races }: { readonly row: Row; readonly races: readonly Race[] }) {
  return (
    <Table.Tr>
      <Table.Td fz="1.4rem" fw={800} c={row.rank === 1 ? 'var(--accent)' : 'var(--ink-2)'}>
        {row.rank}
      </Table.Td>
      <Table.Th scope="row" fz="1.25rem" miw="8rem">
        {row.alias}
      </Table.Th>
      <Table.Td ta="right" fz="1.5rem" fw={800}>
        {row.points}
      </Table.Td>
      {races.map((race, index) => {
        const score = row.races.find((one) => one.race === index);
        return (
          <Table.Td key={raceKey(race)} ta="right" {...(score?.counts === false ? { c: 'dimmed' } : {})}>
            {score === undefined ? '–' : score.counts ? score.points : `(${score.points})`}
            {score === undefined ? null : <Soft>place {score.place}</Soft>}
          </Table.Td>
        );
      })}
    </Table.Tr>
  );
}
