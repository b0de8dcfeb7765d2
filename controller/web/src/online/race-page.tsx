import { Button } from '@mantine/core';
import { isPitwallError, RaceId } from '@pitwall/protocol';
import type { OnlineRace } from '@pitwall/protocol/api';
import { TokenForm, useSession } from '../session/index.js';
import { Narrow, Note, PageTitle, Panel, Split } from '../shell/index.js';
import { Countdown } from './countdown.js';
import { OrganizerPanel } from './organizer-panel.js';
import { RaceBoard } from './race-board.js';
import { RaceFacts } from './race-facts.js';
import { RacerPanel } from './racer-panel.js';
import { bestOf } from './status-words.js';
import { type ReceivedRace, useLiveRace, useOnlineRace, useSubmissions } from './use-online.js';

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
      <Note title="There is no such race.">
        A race by invitation shows itself to those who have its link, or entered it before.
      </Note>
      {token === null ? (
        <Panel title="Who are you?">
          <TokenForm submit="Look again">If you entered it before, your token shows it.</TokenForm>
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
    return error === null ? <Note title="One moment …" /> : <Note title="No race to show.">{error.message}</Note>;
  return <RaceScreen heard={data} />;
}

function UnknownToken() {
  const { signOut } = useSession();
  return (
    <Note title="This token is not known here.">
      <Button variant="default" onClick={() => signOut()}>
        Sign out
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
            {setup.access === 'invited' ? 'by invitation · ' : ''}
            {race.entries === 1 ? '1 racer' : `${race.entries} racers`} <Countdown heard={heard} />
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
  if (race.you === 'organizer') return <OrganizerPanel race={race} submissions={submissions} />;
  return <RacerPanel race={race} submissions={submissions} best={bestOf(submissions ?? [])} />;
}
