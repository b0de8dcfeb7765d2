import { Paper, Table, Text } from '@mantine/core';
import type { SeasonStandings } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { RacerLink } from '../racers/index.js';
import { Soft } from '../shell/index.js';
import { words } from '../words/index.js';

type Race = SeasonStandings['races'][number];
type Row = SeasonStandings['rows'][number];

/** Everyone's points, race by race, and what the places are worth. */
export function SeasonTable({ races, rows, points }: Pick<SeasonStandings, 'races' | 'rows' | 'points'>) {
  const someAreLeftOut = rows.some((row) => row.races.some(({ counts }) => !counts));
  return (
    <>
      <Paper p={0} style={{ overflowX: 'auto' }}>
        <Table verticalSpacing="0.5rem">
          <Table.Thead>
            <Table.Tr>
              <Table.Th>{words.common.place}</Table.Th>
              <Table.Th>{words.common.racer}</Table.Th>
              <Table.Th ta="right">{words.seasons.points}</Table.Th>
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
        {words.seasons.byPlace(points.join(', '), someAreLeftOut ? words.seasons.inBracketsDoesNotCount : '')}
      </Text>
    </>
  );
}

const raceKey = ({ leaderboard, column, country, division }: Race): string =>
  JSON.stringify([leaderboard, column, country, division]);

const columns: Record<Race['column'], string> = {
  physical: words.seasons.onTheTrack,
  virtual: words.seasons.virtual,
  combined: words.seasons.bothKinds,
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
        <RacerLink racer={row.racer} alias={row.alias} />
      </Table.Th>
      <Table.Td ta="right" fz="1.5rem" fw={800}>
        {row.points}
      </Table.Td>
      {races.map((race, index) => {
        const score = row.races.find((one) => one.race === index);
        return (
          <Table.Td key={raceKey(race)} ta="right" {...(score?.counts === false ? { c: 'dimmed' } : {})}>
            {score === undefined ? '–' : score.counts ? score.points : `(${score.points})`}
            {score === undefined ? null : <Soft>{words.seasons.placePlace(score.place)}</Soft>}
          </Table.Td>
        );
      })}
    </Table.Tr>
  );
}
