import { Box, Paper, Stack, Text } from '@mantine/core';
import { RaceId } from '@pitwall/protocol';
import { nextInQueue, type RaceState } from '@pitwall/protocol/race';
import { Link } from 'wouter';
import { BoardPanel } from '../boards/index.js';
import { FinalsPanel } from '../finals/index.js';
import { type RaceView, useRace } from '../live/index.js';
import { Note, PageTitle } from '../shell/index.js';
import { SoundBar } from '../sound/index.js';
import { metricText } from '../times/index.js';
import { TrackMap, useTrack } from '../track/index.js';
import { words } from '../words/index.js';
import { LapStrip, NextLine, roomWithBoard, StandingsList } from './lists.js';
import { OwnCertificate } from './own-certificate.js';
import { podiumOf } from './podium.js';
import { PodiumView } from './podium-view.js';
import { PresencePanel } from './presence-panel.js';
import styles from './race-page.module.css';
import { RunHero } from './run-hero.js';
import { aliasOf, crowdRun } from './run-view.js';
import { useRoom } from './use-room.js';
import { WaitingForRace } from './waiting-for-race.js';

const phases: Record<RaceState['phase'], string> = {
  draft: words.race.notOpenYet,
  open: words.common.open,
  closed: words.race.closedResultsProvisional,
  official: words.race.official,
};

/** One race, for everyone who looks at a screen. */
export default function RacePage({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  return id.success ? <KnownRace race={id.data} /> : <Note title={words.common.noRaceCanHaveThis} />;
}

function KnownRace({ race }: { readonly race: RaceId }) {
  const view = useRace(race);
  if (view === undefined) return <WaitingForRace race={race} />;
  return <RaceScreen view={view} />;
}

function RaceScreen({ view }: { readonly view: RaceView }) {
  const { state } = view;
  const run = crowdRun(state);
  const { setup } = state;
  const { rules, leaderboard } = setup;
  const isOver = state.phase === 'closed' || state.phase === 'official';
  const winner = state.phase === 'official' ? podiumOf(state)[0] : undefined;
  const { ref, room } = useRoom<HTMLDivElement>();
  return (
    <div className={styles.screen}>
      <PageTitle
        aside={
          <>
            <span>
              {metricText(rules.ranking)} · {phases[state.phase]}
              {winner === undefined ? null : (
                <>
                  {words.race.wonBy}
                  <b>{winner.alias}</b>
                </>
              )}
              <OwnCertificate state={state} />
              {setup.car === 'simulated' && state.phase === 'open' && !state.entriesClosed ? (
                <>
                  {' · '}
                  <Link href={`/races/${state.race}/enter`}>{words.race.enterWithYourModel}</Link>
                </>
              ) : null}
              {leaderboard === null ? null : (
                <>
                  {' · '}
                  <Link href={`/boards/${leaderboard}`}>{words.race.leaderboard}</Link>
                </>
              )}
            </span>
            <SoundBar view={view} />
          </>
        }
      >
        {setup.name}
      </PageTitle>
      <div className={styles.page}>
        <Stack gap="var(--gap)" miw={0} mih={0} className={styles.left}>
          {state.phase === 'open' ? <PresencePanel state={state} /> : null}
          <Paper p={0} display="flex" style={{ flexDirection: 'column', overflow: 'hidden' }} className={styles.stage}>
            {isOver ? (
              <PodiumView state={state} />
            ) : run === undefined ? (
              <NoRun state={state} />
            ) : (
              <RunHero run={run} state={state} />
            )}
            {state.finals === null && !isOver ? <RaceMap state={state} /> : null}
          </Paper>
          {state.finals === null ? null : (
            // A bracket of many heats is scrolled, also by keys.
            <Box
              component="section"
              className={styles.finals}
              style={{ overflow: 'auto' }}
              tabIndex={0}
              aria-label={words.race.bracket}
            >
              <FinalsPanel state={state} />
            </Box>
          )}
          {isOver || run === undefined ? null : <LapStrip run={run} state={state} />}
        </Stack>
        <Stack gap="var(--gap)" miw={0} mih={0} ref={ref} className={styles.right}>
          <StandingsList state={state} />
          {state.phase === 'open' ? <NextLine state={state} most={4} /> : null}
          {leaderboard === null || room < roomWithBoard(state.standings.length) ? null : (
            <BoardPanel id={leaderboard} most={3} />
          )}
        </Stack>
      </div>
    </div>
  );
}

function NoRun({ state }: { readonly state: RaceState }) {
  const next = nextInQueue(state);
  return (
    <Text p="lg" fz="1.6rem" fw={700}>
      {next === undefined ? words.race.nobodyYet : words.race.nobodyYetIsNext(aliasOf(state, next))}
    </Text>
  );
}

function RaceMap({ state }: { readonly state: RaceState }) {
  const { data, error } = useTrack(state.setup.track.id, state.setup.track.version);
  return (
    <div className={styles.map}>
      {data === undefined ? (
        <Text c="dimmed" ta="center" p="sm">
          {error === null ? words.race.theMapIsOnIts : words.race.noMap(error.message)}
        </Text>
      ) : (
        <TrackMap track={data} direction={state.setup.rules.direction} car={crowdRun(state)?.car ?? null} />
      )}
    </div>
  );
}
