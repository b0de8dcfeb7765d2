import { Box, Button, Group, Paper, Stack, Table, Text, Title } from '@mantine/core';
import type { Board, KeptResult } from '@pitwall/protocol/api';
import { useState } from 'react';
import { Banner, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { lapTime, plusMinus } from '../times/index.js';
import { AssignRacer } from './assign-racer.js';
import { Provenance } from './provenance.js';
import { isImplausible, reasonText } from './reasons.js';
import type { Desk, Verdict } from './use-review.js';

interface ReviewResultProps {
  readonly kept: KeptResult;
  readonly board: Board;
  /** Undefined for who may only look. */
  readonly desk: Desk | undefined;
  readonly onDecided: (kept: KeptResult, decision: Verdict) => void;
}

/** One result that waits: why, what was driven, where it comes from, and what to do about it. */
export function ReviewResult({ kept, board, desk, onDecided }: ReviewResultProps) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const { result, racer, reasons, score } = kept;
  const act = async (done: () => Promise<void>, decision?: Verdict) => {
    setBusy(true);
    setRefusal(null);
    try {
      await done();
      if (decision !== undefined) onDecided(kept, decision);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  const isProvisional = reasons.includes('racer-provisional');
  return (
    <Paper component="li" aria-label={result.alias} style={{ listStyle: 'none' }}>
      <Stack gap="sm">
        <Group justify="space-between" align="baseline" wrap="nowrap">
          <Title order={2} fz="1.4rem">
            {result.alias}{' '}
            <Text component="small" c="dimmed" fz="0.9rem">
              {racer}
            </Text>
          </Title>
          <Text span fz="1.4rem" fw={700}>
            {score === null ? words.review.doesNotQualify : lapTime(score)}
          </Text>
        </Group>
        <Rows block>
          {reasons.map((reason) => (
            <Text component="li" key={reason} c="var(--warn)" fw={600}>
              {reasonText(reason, kept, board)}
            </Text>
          ))}
        </Rows>
        {refusal === null ? null : <Banner>{refusal}</Banner>}
        {desk === undefined ? null : (
          <>
            {isProvisional ? (
              <AssignRacer
                alias={result.alias}
                busy={busy}
                onNew={(alias) => act(() => desk.claim(racer, alias))}
                onKnown={(into) => act(() => desk.merge(racer, into))}
              />
            ) : null}
            <Group gap="xs">
              {isProvisional ? null : (
                <Button disabled={busy} onClick={() => act(() => desk.decide(kept, 'approve'), 'approve')}>
                  {words.review.approve}
                </Button>
              )}
              <Button
                variant="default"
                disabled={busy}
                onClick={() => act(() => desk.decide(kept, 'reject'), 'reject')}
              >
                {words.review.reject}
              </Button>
            </Group>
          </>
        )}
        <Laps kept={kept} board={board} />
        <Provenance kept={kept} />
      </Stack>
    </Paper>
  );
}

function Laps({ kept: { result }, board }: { readonly kept: KeptResult; readonly board: Board }) {
  if (result.laps.length === 0) return <Soft>{words.review.itHasNoLap}</Soft>;
  return (
    <Box mah="18rem" style={{ overflow: 'auto' }}>
      <Table verticalSpacing="0.25rem">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{words.common.lap}</Table.Th>
            <Table.Th>{words.review.time}</Table.Th>
            <Table.Th>{words.common.resets}</Table.Th>
            <Table.Th>{words.review.offTrack}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {result.laps.map((lap, index) => (
            <Table.Tr
              // biome-ignore lint/suspicious/noArrayIndexKey: laps never move, and their numbers may repeat
              key={index}
              {...(isImplausible(lap, board) ? { c: 'var(--warn)', fw: 700 } : lap.valid ? {} : { c: 'dimmed' })}
            >
              <Table.Td>{lap.lap}</Table.Td>
              <Table.Td>
                {lapTime(lap.time)}
                <small>
                  {lap.penalty > 0 ? words.review.plusPenalty(lapTime(lap.penalty)) : ''}
                  {lap.uncertainty > 0 ? ` ${plusMinus(lap.uncertainty)}` : ''}
                  {lap.valid ? '' : words.review.invalid}
                </small>
              </Table.Td>
              <Table.Td>{lap.resets}</Table.Td>
              <Table.Td>{lap.offTracks}</Table.Td>
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Box>
  );
}
