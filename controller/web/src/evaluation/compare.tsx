import type { Comparison, Submission } from '@pitwall/protocol/api';
import { lazy, Suspense, useState } from 'react';
import { forms } from '../forms/index.js';
import { type HeardRace, useRaceStandings, useSubmissions } from '../online/index.js';
import { Panel } from '../shell/index.js';
import { gapTime, lapTime } from '../times/index.js';
import { TrackMap, useTrack } from '../track/index.js';
import { choicesOf, secondsText, stretchPath } from './comparison.js';
import styles from './evaluation.module.css';
import { useComparison } from './use-evaluation.js';

const GapChart = lazy(() => import('./gap-chart.js'));

/** This result beside any other that may be seen, place by place along the track. */
export function Compare({ heard, submission }: { readonly heard: HeardRace; readonly submission: Submission }) {
  const { race, leaderboard, you, setup } = heard.race;
  const standings = useRaceStandings(race, leaderboard).data;
  const own = useSubmissions(race, you !== 'guest').data ?? [];
  const choices = choicesOf(submission.submission, standings?.virtual ?? [], own);
  const [other, setOther] = useState('');
  const { data, error } = useComparison(race, submission.submission, other);
  return (
    <Panel title="Compare">
      <div className={styles.controls}>
        <label className={forms.inline}>
          With
          <select value={other} onChange={({ target }) => setOther(target.value)} disabled={choices.length === 0}>
            <option value="">{choices.length === 0 ? 'no other result yet' : 'another result …'}</option>
            {choices.map(({ id, text }) => (
              <option key={id} value={id}>
                {text}
              </option>
            ))}
          </select>
        </label>
      </div>
      {error === null ? null : <p role="alert">{error.message}</p>}
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
    <div className={styles.comparison} data-testid="comparison">
      <p>
        <b>{mine.alias}</b> {lapTime(mine.lapTime)} against <b>{other.alias}</b> {lapTime(other.lapTime)}: best lap{' '}
        <b>{gapTime(mine.lapTime, other.lapTime)} s</b>
      </p>
      <Suspense fallback={<div className={styles.chart} />}>
        <GapChart comparison={comparison} />
      </Suspense>
      <div className={styles.stretches}>
        <ul>
          {stretches.length === 0 ? <li>Neither is faster anywhere.</li> : null}
          {stretches.map(({ fromPct, toPct, change }) => (
            <li key={fromPct} data-lost={change > 0}>
              <b>{secondsText(change)}</b> {change > 0 ? 'lost' : 'gained'} from {fromPct.toFixed(0)}% to{' '}
              {toPct.toFixed(0)}% of the lap
            </li>
          ))}
        </ul>
        <div className={styles.smallMap}>
          {track === undefined ? null : (
            <TrackMap track={track} direction={direction} car={null}>
              {stretches.map(({ fromPct, toPct, change }) => (
                <polyline
                  key={fromPct}
                  className={styles.stretch}
                  data-lost={change > 0}
                  points={stretchPath(track.outline.centre, direction !== track.direction, fromPct, toPct)}
                />
              ))}
            </TrackMap>
          )}
        </div>
      </div>
    </div>
  );
}
