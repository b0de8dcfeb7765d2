import { Box, Table } from '@mantine/core';
import type { ReactNode } from 'react';

interface WideTableProps {
  readonly heads: readonly string[];
  /** From this column on, figures: they stand at the right. */
  readonly figuresFrom: number;
  readonly children: ReactNode;
}

/** A table that is wider than a phone scrolls by itself, and not the page. */
export const WideTable = ({ heads, figuresFrom, children }: WideTableProps) => (
  <Box style={{ overflowX: 'auto' }} tabIndex={0} role="region" aria-label={heads.join(', ')}>
    <Table verticalSpacing="0.35rem" horizontalSpacing="0.5rem">
      <Table.Thead>
        <Table.Tr>
          {heads.map((head, index) => (
            <Table.Th key={head} {...(index >= figuresFrom ? { ta: 'right' } : {})}>
              {head}
            </Table.Th>
          ))}
        </Table.Tr>
      </Table.Thead>
      <Table.Tbody>{children}</Table.Tbody>
    </Table>
  </Box>
);
