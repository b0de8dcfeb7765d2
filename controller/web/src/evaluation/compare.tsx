import { Box, Stack, Text } from '@mantine/core';
import type { Comparison, Submission } from '@pitwall/protocol/api';
import { lazy, Suspense, useState } from 'react';
import { ChoiceField } from '../forms/index.js';
import { type ReceivedRace, useRaceStandings, useSubmissions } from '../online/index.js';
import { Panel, Refusal, Rows, Split } from '../shell/index.js';
import { gapTime, lapTime } from '../times/index.js';
import { MapBox, TrackMap, useTrack } from '../track/index.js';
import { choicesOf, secondsText, stretchPath } from './comparison.js';
import { useComparison } from './use-evaluation.js';

const GapChart = lazy(() => import('./gap-chart.js'));

/** This result beside any other that may be seen, place by place along the track. */
export function Compare({ heard, submission }: { readonly heard: ReceivedRace; readonly submission: Submission }) {
  const { race, leaderboard, you, setup } = heard.race;
  const standings = useRaceStandings(race, leaderboard).data;
  const own = useSubmissions(race, you !== 'guest').data ?? [];
  const choices = choicesOf(submission.submission, standings?.virtual ?? [], own);
  const [other, setOther] = useState('');
  const { data, error } = useComparison(race, submission.submission, other);
  return (
    <Panel title="Compare">
      <ChoiceField
        label="With"
        value={other}
        disabled={choices.length === 0}
        options={[
          ['', choices.length === 0 ? 'no other result yet' : 'another result …'],
          ...choices.map(({ id, text }) => [id as string, text] as const),
        ]}
        onValue={setOther}
      />
      {error === null ? null : <Refusal>{error.message}</Refusal>}
      {data === undefined ? null : <Gap comparison={data} trackId={setup.track.id} direction={setup.rules.direction} />}
    </Panel>
  );
}

interface GapProps {
  readonly comparison: Comparison;
  readonly trackId: string;
  readonly direction: 'clockwise' | 'counter-clockwise';
}

function Gap({ comparison, trackId, direction }: GapProps) {
  const { mine, other, stretches } = comparison;
  const track = useTrack(trackId).data;
  return (
    <Stack data-testid="comparison">
      <Text>
        <b>{mine.alias}</b> {lapTime(mine.lapTime)} against <b>{other.alias}</b> {lapTime(other.lapTime)}: best lap{' '}
        <b>{gapTime(mine.lapTime, other.lapTime)} s</b>
      </Text>
      <Suspense fallback={<Box h="20rem" />}>
        <GapChart comparison={comparison} />
      </Suspense>
      <Split left="1fr">
        <Rows block>
          {stretches.length === 0 ? <li>Neither is faster anywhere.</li> : null}
          {stretches.map(({ fromPct, toPct, change }) => (
            <li key={fromPct}>
              <Text span fw={700} c={change > 0 ? 'var(--stop)' : 'var(--go)'}>
                {secondsText(change)}
              </Text>{' '}
              {change > 0 ? 'lost' : 'gained'} from {fromPct.toFixed(0)}% to {toPct.toFixed(0)}% of the lap
            </li>
          ))}
        </Rows>
        <MapBox>
          {track === undefined ? null : (
            <TrackMap track={track} direction={direction} car={null}>
              {stretches.map(({ fromPct, toPct, change }) => (
                <polyline
                  key={fromPct}
                  fill="none"
                  stroke={change > 0 ? 'var(--slower)' : 'var(--faster)'}
                  strokeWidth="0.3"
                  opacity="0.75"
                  strokeLinejoin="round"
                  data-lost={change > 0}
                  points={stretchPath(track.outline.centre, direction !== track.direction, fromPct, toPct)}
                />
              ))}
            </TrackMap>
          )}
        </MapBox>
      </Split>
    </Stack>
  );
}
