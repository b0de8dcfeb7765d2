import { Group, Table, Text, Title } from '@mantine/core';
import type { StandingsRow } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { Avatar } from '../racers/index.js';
import { Panel } from '../shell/index.js';
import { lapTime } from '../times/index.js';
import { words } from '../words/index.js';
import { useStandings } from './use-boards.js';

/** The top of a leaderboard beside a race: the track's column and the virtual one. */
export function BoardPanel({ id, most }: { readonly id: string; readonly most: number }) {
  const { data } = useStandings(id);
  if (data === undefined) return null;
  const { name, physical, virtual } = data;
  return (
    <Panel title={words.boards.leaderboard} aside={<Link href={`/boards/${id}`}>{name}</Link>}>
      <Group grow align="start" gap="lg">
        <Top title={words.boards.onTheTrack} rows={physical.slice(0, most)} />
        <Top title={words.boards.virtual} rows={virtual.slice(0, most)} />
      </Group>
    </Panel>
  );
}

const Top = ({ title, rows }: { readonly title: string; readonly rows: readonly StandingsRow[] }) => (
  <div>
    <Title order={3} fz="0.95rem" fw={600} c="dimmed">
      {title}
    </Title>
    {rows.length === 0 ? <Text c="dimmed">{words.common.noResultYet}</Text> : null}
    <Table fz="1.1rem" layout="fixed" horizontalSpacing={0} verticalSpacing="0.25rem">
      <Table.Tbody>
        {rows.map(({ rank, racer, alias, score, colour, picture }) => (
          <Table.Tr key={racer}>
            <Table.Td w="1.6rem" fw={800} c="dimmed">
              {rank}
            </Table.Td>
            <Table.Td>
              <Text truncate inherit>
                <Avatar {...{ racer, alias, colour, picture }} size="1.3em" /> {alias}
              </Text>
            </Table.Td>
            <Table.Td w="5.5rem" ta="right" fw={750}>
              {lapTime(score)}
            </Table.Td>
          </Table.Tr>
        ))}
      </Table.Tbody>
    </Table>
  </div>
);
