import { Table } from '@mantine/core';
import type { OnlineRace } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { words } from '../online-words/index.js';
import { Panel, Soft } from '../shell/index.js';
import { gapTime, lapTime, metricText } from '../times/index.js';
import { useRaceStandings } from './use-online.js';

/** The race's board; each row leads to what was driven. */
export function RaceBoard({ race, own }: { readonly race: OnlineRace; readonly own: string | undefined }) {
  const { data, error } = useRaceStandings(race.race, race.leaderboard);
  const rows = data?.virtual ?? [];
  const leader = rows[0];
  return (
    <Panel
      title={words.common.standings}
      aside={
        <>
          {metricText(race.setup.rules.ranking)}
          {rows.some(({ imported }) => !imported) ? (
            <Link href={`/online/${race.race}/together`}>{words.evaluation.sideBySide}</Link>
          ) : null}
        </>
      }
    >
      {leader !== undefined ? null : (
        <Soft>{error === null ? words.common.noResultYet : words.online.theBoardCannotBeRead(error.message)}</Soft>
      )}
      {leader === undefined ? null : (
        <Table data-testid="standings">
          <Table.Tbody>
            {rows.map((row) => (
              <Table.Tr key={row.racer} {...(row.racer === own ? { bg: 'var(--panel-2)' } : {})}>
                <Table.Td w="1%" ta="center" fz="1.2rem" fw={800}>
                  {row.rank}
                </Table.Td>
                <Table.Td>
                  {row.imported ? (
                    row.alias
                  ) : (
                    <Link href={`/online/${race.race}/submissions/${row.resultId}`}>{row.alias}</Link>
                  )}
                  <Soft>
                    {[row.country, row.model?.name, row.imported && words.boards.imported]
                      .filter((part) => part !== undefined)
                      .join(' · ')}
                  </Soft>
                </Table.Td>
                <Table.Td w="1%" ta="right" fz="1.15rem" fw={750}>
                  {lapTime(row.score)}
                  <Soft>{row.rank === 1 ? '' : gapTime(row.score, leader.score)}</Soft>
                </Table.Td>
              </Table.Tr>
            ))}
          </Table.Tbody>
        </Table>
      )}
      {data === undefined || data.unranked.length === 0 ? null : (
        <Soft>{words.common.withoutAQualifyingResult(data.unranked.map(({ alias }) => alias).join(', '))}</Soft>
      )}
    </Panel>
  );
}
