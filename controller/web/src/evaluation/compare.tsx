import { Box, Stack, Text } from '@mantine/core';
import type { Comparison, Submission } from '@pitwall/protocol/api';
import { lazy, Suspense, useState } from 'react';
import { ChoiceField } from '../forms/index.js';
import { type ReceivedRace, useRaceStandings, useSubmissions } from '../online/index.js';
import { Panel, Refusal, Rows, Split } from '../shell/index.js';
import { gapTime, lapTime } from '../times/index.js';
import { MapBox, TrackMap, useTrack } from '../track/index.js';
import { decimal, words } from '../words/index.js';
import { choicesOf, secondsText, stretchPath } from './comparison.js';
import { useComparison } from './use-evaluation.js';

const GapChart = lazy(() => import('./gap-chart.js'));

/** This result beside any other that may be seen, place by place along the track. */
export default function Compare({
  heard,
  submission,
}: {
  readonly heard: ReceivedRace;
  readonly submission: Submission;
}) {
  const { race, leaderboard, you, setup } = heard.race;
  const standings = useRaceStandings(race, leaderboard).data;
  const own = useSubmissions(race, you !== 'guest').data ?? [];
  const choices = choicesOf(submission.submission, standings?.virtual ?? [], own);
  const [other, setOther] = useState('');
  const { data, error } = useComparison(race, submission.submission, other);
  return (
    <Panel title={words.evaluation.compare}>
      <ChoiceField
        label={words.evaluation.with}
        value={other}
        disabled={choices.length === 0}
        options={[
          ['', choices.length === 0 ? words.evaluation.noOtherResultYet : words.evaluation.anotherResult],
          ...choices.map(({ id, text }) => [id as string, text] as const),
        ]}
        onValue={setOther}
      />
      {error === null ? null : <Refusal>{error.message}</Refusal>}
      {data === undefined ? null : (
        <Gap
          comparison={data}
          trackId={setup.track.id}
          trackVersion={setup.track.version}
          direction={setup.rules.direction}
        />
      )}
    </Panel>
  );
}

interface GapProps {
  readonly comparison: Comparison;
  readonly trackId: string;
  readonly trackVersion: number;
  readonly direction: 'clockwise' | 'counter-clockwise';
}

function Gap({ comparison, trackId, trackVersion, direction }: GapProps) {
  const { mine, other, stretches } = comparison;
  const track = useTrack(trackId, trackVersion).data;
  return (
    <Stack data-testid="comparison">
      <Text>
        <b>{mine.alias}</b> {words.evaluation.against(lapTime(mine.lapTime))} <b>{other.alias}</b>{' '}
        {words.evaluation.bestLap(lapTime(other.lapTime))}{' '}
        <b>{words.evaluation.timeS(gapTime(mine.lapTime, other.lapTime))}</b>
      </Text>
      <Suspense fallback={<Box h="20rem" />}>
        <GapChart comparison={comparison} />
      </Suspense>
      <Split left="1fr">
        <Rows block>
          {stretches.length === 0 ? <li>{words.evaluation.neitherIsFasterAnywhere}</li> : null}
          {stretches.map(({ fromPct, toPct, change }) => (
            <li key={fromPct}>
              <Text span fw={700} c={change > 0 ? 'var(--stop)' : 'var(--go)'}>
                {secondsText(change)}
              </Text>{' '}
              {words.evaluation.stretch(
                change > 0 ? words.evaluation.lost : words.evaluation.gained,
                decimal(fromPct, 0),
                decimal(toPct, 0),
              )}
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
