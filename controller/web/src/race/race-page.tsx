import { RaceId } from '@pitwall/protocol';
import type { RaceState } from '@pitwall/protocol/race';
import { metricInWords } from '@pitwall/protocol/ranking';
import { Link } from 'wouter';
import { BoardPanel } from '../boards/index.js';
import { FinalsPanel } from '../finals/index.js';
import { useRace } from '../live/index.js';
import { Note, Panel, Title } from '../shell/index.js';
import { TrackMap, useTrack } from '../track/index.js';
import { LapList, QueueList, StandingsList } from './lists.js';
import styles from './race-page.module.css';
import { RunHero } from './run-hero.js';
import { aliasOf, shownRun } from './run-view.js';
import { WaitingForRace } from './waiting-for-race.js';

const phases: Record<RaceState['phase'], string> = {
  draft: 'not open yet',
  open: 'open',
  closed: 'closed, results provisional',
  official: 'official',
};

/** One race, for everyone who looks at a screen. */
export function RacePage({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  return id.success ? <KnownRace race={id.data} /> : <Note title="No race can have this name." />;
}

function KnownRace({ race }: { readonly race: RaceId }) {
  const view = useRace(race);
  if (view === undefined) return <WaitingForRace race={race} />;
  return <RaceScreen state={view.state} />;
}

function RaceScreen({ state }: { readonly state: RaceState }) {
  const run = shownRun(state);
  const { setup } = state;
  const { rules, leaderboard } = setup;
  // Where there are finals they say who won.
  const first = state.standings.find(({ score }) => score !== null);
  const winner = state.phase === 'official' && state.finals === null ? first : undefined;
  return (
    <div className={styles.screen}>
      <Title
        aside={
          <p>
            {metricInWords(rules.ranking)} · {phases[state.phase]}
            {winner === undefined ? null : (
              <>
                {' · won by '}
                <b>{aliasOf(state, winner.racer)}</b>
              </>
            )}
            {leaderboard === null ? null : (
              <>
                {' · '}
                <Link href={`/boards/${leaderboard}`}>leaderboard</Link>
              </>
            )}
          </p>
        }
      >
        {setup.name}
      </Title>
      <div className={styles.page}>
        <div className={styles.left}>
          <div className={styles.stage}>
            {run === undefined ? null : <RunHero run={run} state={state} />}
            <RaceMap state={state} />
          </div>
        </div>
        <div className={styles.right}>
          {run === undefined ? <NoRun state={state} /> : <LapList run={run} state={state} most={6} />}
          <FinalsPanel state={state} />
          <StandingsList state={state} most={6} />
          {state.phase === 'open' ? <QueueList state={state} most={3} /> : null}
          {leaderboard === null ? null : <BoardPanel id={leaderboard} most={3} />}
        </div>
      </div>
    </div>
  );
}

function NoRun({ state }: { readonly state: RaceState }) {
  const next = state.queue[0];
  return (
    <Panel title="On the track">
      {next === undefined ? 'Nobody yet.' : `Nobody yet; ${aliasOf(state, next.racer)} is next.`}
    </Panel>
  );
}

function RaceMap({ state }: { readonly state: RaceState }) {
  const { data, error } = useTrack(state.setup.track.id);
  return (
    <div className={styles.map}>
      {data === undefined ? (
        <p className={styles.mapNote}>{error === null ? 'The map is on its way …' : `No map: ${error.message}`}</p>
      ) : (
        <TrackMap track={data} direction={state.setup.rules.direction} car={shownRun(state)?.car ?? null} />
      )}
    </div>
  );
}
