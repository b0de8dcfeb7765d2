import { Badge, Button, Table, Text, VisuallyHidden } from '@mantine/core';
import type { StandingsRow } from '@pitwall/protocol/api';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { Avatar, RacerLink } from '../racers/index.js';
import { Panel } from '../shell/index.js';
import { gapTime, lapTime, plusMinus } from '../times/index.js';
import { words } from '../words/index.js';
import styles from './board.module.css';
import { isFresh } from './fresh-rows.js';

interface ColumnProps {
  readonly board: string;
  readonly title: string;
  readonly rows: readonly StandingsRow[];
  readonly before: ReadonlySet<string> | undefined;
  readonly empty: string;
  /** Shows the next page, where there is one. */
  readonly more: (() => void) | undefined;
}

/** One column of a board, from its first place. */
export function Column({ board, title, rows, before, empty, more }: ColumnProps) {
  const leader = rows[0];
  const count = words.common.racers(rows.length);
  return (
    <Panel title={title} aside={more === undefined ? count : words.boards.theFirst(rows.length)}>
      {leader === undefined ? (
        <Text c="dimmed">{empty}</Text>
      ) : (
        <PlaceTable board={board} rows={rows} best={leader.score} before={before} />
      )}
      {more === undefined ? null : (
        <Button variant="default" fullWidth onClick={more}>
          {words.common.showMore}
        </Button>
      )}
    </Panel>
  );
}

interface PlaceTableProps {
  readonly board: string;
  readonly rows: readonly StandingsRow[];
  /** The score that others are compared with, µs. */
  readonly best: number;
  readonly before?: ReadonlySet<string> | undefined;
  /** Whom somebody looks for. */
  readonly sought?: string;
}

/** Places with their racers and scores. */
export const PlaceTable = ({ board, rows, best, before, sought }: PlaceTableProps) => (
  <Table className={styles.board}>
    <Table.Thead>
      <Table.Tr>
        {[words.common.place, words.common.racer, words.common.score].map((name) => (
          <Table.Th key={name} p={0} bd={0}>
            <VisuallyHidden>{name}</VisuallyHidden>
          </Table.Th>
        ))}
      </Table.Tr>
    </Table.Thead>
    <Table.Tbody>
      {rows.map((row) => (
        <Table.Tr
          key={`${row.racer} ${row.resultId} ${row.score}`}
          data-sought={row.racer === sought ? true : undefined}
          {...(row.racer === sought ? { bg: 'var(--panel-2)' } : {})}
          data-fresh={isFresh(row, before) || undefined}
        >
          <Table.Td w="3.2rem" ta="center" fz="1.7rem" fw={800} c={row.rank === 1 ? 'var(--accent)' : 'var(--ink-2)'}>
            {row.rank}
          </Table.Td>
          <Table.Td fz="1.4rem" fw={700} style={{ overflowWrap: 'anywhere' }}>
            <Avatar {...row} size="1.5em" /> <RacerLink {...row} /> <Tag>{row.country}</Tag> <Tag>{row.division}</Tag>{' '}
            <Tag>{row.imported ? words.boards.imported : undefined}</Tag>
            {row.model === null ? null : <Small>{row.model.name}</Small>}
          </Table.Td>
          <Table.Td w="1%" ta="right" fz="1.8rem" fw={800} style={{ whiteSpace: 'nowrap' }}>
            <Link href={`/boards/${board}/results/${row.resultId}`} style={{ color: 'inherit' }}>
              {lapTime(row.score)}
            </Link>
            <Small>
              {[
                row.score === best ? '' : gapTime(row.score, best),
                row.bestLap === row.score ? '' : words.boards.bestLap(lapTime(row.bestLap)),
                row.uncertainty > 0 ? plusMinus(row.uncertainty) : '',
              ].join(' ')}
            </Small>
          </Table.Td>
        </Table.Tr>
      ))}
    </Table.Tbody>
  </Table>
);

const Tag = ({ children }: { readonly children: string | undefined }) =>
  children === undefined ? null : (
    <Badge variant="default" tt="none" bd={0}>
      {children}
    </Badge>
  );

export const Small = ({ children }: { readonly children: ReactNode }) => (
  <Text component="small" display="block" fz="0.9rem" fw={500} c="dimmed">
    {children}
  </Text>
);
