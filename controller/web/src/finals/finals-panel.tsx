import { Group, Paper, Stack, Text, Title } from '@mantine/core';
import type { RacerId } from '@pitwall/protocol';
import type { Heat, RaceState } from '@pitwall/protocol/race';
import { Panel, Rows } from '../shell/index.js';
import { lapTime } from '../times/index.js';
import { words } from '../words/index.js';
import { roundName, roundsOf } from './rounds.js';

/** The finals once they are drawn: the bracket of a knock-out, or how they stand. */
export function FinalsPanel({ state }: { readonly state: RaceState }) {
  const { finals } = state;
  if (finals === null) return null;
  const named = (racer: RacerId | null): string =>
    state.entries.find((entry) => entry.racer === racer)?.alias ?? racer ?? '';
  return (
    <Panel title={words.common.finals} aside={words.common.racers(finals.seeds.length)}>
      {finals.heats.length > 0 ? (
        <Group wrap="nowrap" align="stretch" gap="sm" style={{ overflowX: 'auto' }} data-testid="bracket">
          {roundsOf(finals.heats).map((heats, round) => (
            <Stack
              component="section"
              key={roundName(heats.length)}
              aria-label={roundName(heats.length)}
              miw="9rem"
              flex={1}
              gap="xs"
            >
              <Title order={3} fz="0.9rem" c="dimmed">
                {roundName(heats.length)}
              </Title>
              <Stack flex={1} justify="space-around" gap="xs">
                {heats.map((heat) => (
                  <HeatCard key={heat.heat} heat={heat} isFirst={round === 0} named={named} />
                ))}
              </Stack>
            </Stack>
          ))}
        </Group>
      ) : (
        <Rows ordered>
          {finals.standings.map(({ racer, alias, rank, score }) => (
            <li key={racer}>
              <span>{rank ?? '–'}</span>
              <Text span flex={1} fw={600}>
                {alias}
              </Text>
              <b>{score === null ? '—' : lapTime(score)}</b>
            </li>
          ))}
        </Rows>
      )}
    </Panel>
  );
}

interface HeatProps {
  readonly heat: Heat;
  readonly isFirst: boolean;
  readonly named: (racer: RacerId | null) => string;
}

function HeatCard({ heat: { racers, winner }, isFirst, named }: HeatProps) {
  // In the first round an empty place stays empty; later it is not decided yet.
  const empty = isFirst ? words.finals.goesThrough : words.finals.toCome;
  return (
    <Paper p={0} bg="transparent" style={{ overflow: 'hidden' }}>
      {racers.map((racer, place) => {
        const hasWon = racer !== null && racer === winner;
        return (
          <Text
            // biome-ignore lint/suspicious/noArrayIndexKey: a heat has two places, and each stays where it is
            key={place}
            px="sm"
            py="0.3rem"
            fw={600}
            c={racer === null ? 'dimmed' : 'var(--ink)'}
            data-won={hasWon}
            {...(hasWon ? { bg: 'var(--panel-2)', style: { boxShadow: 'inset 0.3rem 0 var(--go)' } } : {})}
          >
            {racer === null ? empty : named(racer)}
          </Text>
        );
      })}
    </Paper>
  );
}
