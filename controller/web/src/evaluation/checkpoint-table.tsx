import { Box, Button, Table, Text } from '@mantine/core';
import { percentText } from '@pitwall/protocol';
import type { CheckpointReport } from '@pitwall/protocol/api';
import { Soft } from '../shell/index.js';
import { lapTime } from '../times/index.js';
import { words } from '../words/index.js';

interface TableProps {
  readonly checkpoints: readonly CheckpointReport[];
  readonly shown: string;
  readonly onShow: (checkpoint: string) => void;
}

/** Each checkpoint that was tried, the chosen one first, with its laps. */
export function CheckpointTable({ checkpoints, shown, onShow }: TableProps) {
  return (
    <Box style={{ overflowX: 'auto' }}>
      <Table data-testid="checkpoints">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.evaluation.checkpoint}</Table.Th>
            <Table.Th>{words.evaluation.progress}</Table.Th>
            <Table.Th>{words.evaluation.meanLap}</Table.Th>
            <Table.Th>{words.common.bestLap}</Table.Th>
            <Table.Th>{words.common.laps}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {checkpoints.map(({ checkpoint, chosen, meanProgressPct, meanLapTime, bestLap, laps }) => (
            <Table.Tr key={checkpoint} {...(chosen ? { bg: 'var(--panel-2)' } : {})}>
              <Table.Td>
                <Button
                  variant="default"
                  size="xs"
                  aria-pressed={checkpoint === shown}
                  onClick={() => onShow(checkpoint)}
                >
                  {checkpoint}
                </Button>
                {chosen ? <Soft>{words.evaluation.chosen}</Soft> : null}
              </Table.Td>
              <Table.Td>{percentText(meanProgressPct, 1)}</Table.Td>
              <Table.Td>{meanLapTime === null ? '–' : lapTime(meanLapTime)}</Table.Td>
              <Table.Td>{bestLap === null ? '–' : lapTime(bestLap)}</Table.Td>
              <Table.Td>
                {laps.map((lap) => (
                  <Text
                    span
                    key={lap.lap}
                    mr="xs"
                    {...(lap.time === null ? { c: 'var(--stop)' } : {})}
                    title={lapTitle(lap)}
                  >
                    {lap.time === null ? percentText(lap.progressPct) : lapTime(lap.time)}
                  </Text>
                ))}
              </Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}

const times = (count: number, what: string): string => (count === 0 ? '' : `, ${count} × ${what}`);
const lapTitle = ({ lap, trial, resets, offTracks, collisions }: CheckpointReport['laps'][number]): string =>
  words.evaluation.fromStart(
    lap,
    trial,
    times(offTracks, words.evaluation.offTrack),
    times(collisions, words.evaluation.crashed),
    times(resets, words.evaluation.reset),
  );
