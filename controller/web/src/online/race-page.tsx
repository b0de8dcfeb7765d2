import { Button } from '@mantine/core';
import { isPitwallError, RaceId } from '@pitwall/protocol';
import type { OnlineRace } from '@pitwall/protocol/api';
import { lazy, Suspense } from 'react';
import { words } from '../online-words/index.js';
import { TokenForm, useSession } from '../session/index.js';
import { Narrow, Note, PageTitle, Panel, Split } from '../shell/index.js';
import { Countdown } from './countdown.js';
import { RaceBoard } from './race-board.js';
import { RaceFacts } from './race-facts.js';
import { RacerPanel } from './racer-panel.js';
import { bestOf } from './status-words.js';
import { type ReceivedRace, useLiveRace, useOnlineRace, useSubmissions } from './use-online.js';

/** Few visitors are its organizer: the others' phones do not load it. */
const OrganizerPanel = lazy(() => import('./organizer-panel.js'));

/** One online race: to look at, to enter, to run. */
export default function OnlineRacePage({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  return id.success ? <KnownRace race={id.data} /> : <NoRace />;
}

/** The same words whether there never was one, it is gone, or this visitor may not see it. */
export function NoRace() {
  const { token } = useSession();
  return (
    <Narrow>
      <Note title={words.common.thereIsNoSuchRace}>{words.online.aRaceByInvitationShows}</Note>
      {token === null ? (
        <Panel title={words.online.whoAreYou}>
          <TokenForm submit={words.online.lookAgain}>{words.online.ifYouEnteredItBefore}</TokenForm>
        </Panel>
      ) : null}
    </Narrow>
  );
}

/** Gone, or not for this visitor: anything else (no network, say) may pass. */
export const isGone = (error: Error | null): boolean =>
  isPitwallError(error) && (error.code === 'not-found' || error.code === 'access-denied');

function KnownRace({ race }: { readonly race: RaceId }) {
  const { data, error } = useOnlineRace(race);
  if (isGone(error)) return <NoRace />;
  if (isPitwallError(error) && error.code === 'access-unknown') return <UnknownToken />;
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.common.noRaceToShow}>{error.message}</Note>
    );
  return <RaceScreen heard={data} />;
}

function UnknownToken() {
  const { signOut } = useSession();
  return (
    <Note title={words.online.thisTokenIsNotKnown}>
      <Button variant="default" onClick={() => signOut()}>
        {words.common.signOut}
      </Button>
    </Note>
  );
}

function RaceScreen({ heard }: { readonly heard: ReceivedRace }) {
  const { race } = heard;
  const { setup, you } = race;
  useLiveRace(race.race);
  const submissions = useSubmissions(race.race, you !== 'guest').data;
  const own = you === 'entered' ? submissions?.[0]?.racer : undefined;
  return (
    <>
      <PageTitle
        aside={
          <>
            {setup.access === 'invited' ? words.online.byInvitation : ''}
            {words.common.racers(race.entries)} <Countdown heard={heard} />
          </>
        }
      >
        {setup.name}
      </PageTitle>
      <Split lastFirst>
        <div>
          <RaceFacts race={race} />
        </div>
        <div>
          <Own race={race} submissions={submissions} />
          <RaceBoard race={race} own={own} />
        </div>
      </Split>
    </>
  );
}

interface OwnProps {
  readonly race: OnlineRace;
  readonly submissions: ReturnType<typeof useSubmissions>['data'];
}

function Own({ race, submissions }: OwnProps) {
  if (race.you === 'organizer')
    return (
      <Suspense fallback={null}>
        <OrganizerPanel race={race} submissions={submissions} />
      </Suspense>
    );
  return <RacerPanel race={race} submissions={submissions} best={bestOf(submissions ?? [])} />;
}
