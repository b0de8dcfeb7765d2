import { Box, Stack, Text, Title } from '@mantine/core';
import type { RaceState } from '@pitwall/protocol/race';
import { Rows } from '../shell/index.js';
import { lapTime } from '../times/index.js';
import { words } from '../words/index.js';
import { podiumOf } from './podium.js';
import { RaceAvatar } from './race-avatar.js';

/** As large as a screen lets it be; a long name smaller. */
const size = (rem: number, name: string): string => `min(${name.length > 18 ? rem * 0.62 : rem}rem, 13vw)`;

/** Who won, read from the last row. */
export function PodiumView({ state }: { readonly state: RaceState }) {
  const [first, ...others] = podiumOf(state);
  if (first === undefined)
    return (
      <Text m="auto" p="xl" fz="1.6rem" fw={700} c="dimmed">
        {words.race.theRaceIsOverNobody}
      </Text>
    );
  return (
    <Stack flex={1} mih={0} justify="center" gap="sm" p="lg" style={{ overflow: 'hidden' }} data-testid="podium">
      <Text fz="1.6rem" fw={800} c="var(--accent)">
        {state.phase === 'official' ? words.race.winner : words.race.provisionalWinner}
      </Text>
      <Title order={2} fz={size(4.6, first.alias)} lh={1} fw={850} style={{ overflowWrap: 'anywhere' }}>
        <RaceAvatar state={state} racer={first.racer} size="1em" /> {first.alias}
      </Title>
      {first.score === null ? null : (
        <Text fz="min(4rem, 12vw)" lh={1} fw={800}>
          {lapTime(first.score)}
        </Text>
      )}
      <Box fz="min(1.7rem, 6vw)" fw={700}>
        <Rows ordered start={2}>
          {others.map(({ place, racer, alias, score }) => (
            <li key={racer}>
              <Text span inherit c="dimmed">
                {place}
              </Text>
              <Text span inherit flex={1} miw={0} truncate>
                <RaceAvatar state={state} racer={racer} size="1.3em" /> {alias}
              </Text>
              {score === null ? null : <span>{lapTime(score)}</span>}
            </li>
          ))}
        </Rows>
      </Box>
    </Stack>
  );
}
