import { isPitwallError, type RaceId } from '@pitwall/protocol';
import type { EventShow, RaceEventView } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { useEvent } from '../events/index.js';
import { useRace } from '../live/index.js';
import { signInTo, useSession } from '../session/index.js';
import { Note, PageTitle, Soft, Split } from '../shell/index.js';
import { words } from '../show-words/index.js';
import { SoundBar } from '../sound/index.js';
import { Direction } from './direction.js';
import { NotesPanel, useNotes } from './notes-panel.js';
import { ComparePanel, HappenedPanel, HistoryPanel, NeededPanel, OnTrackPanel, RecordsPanel } from './race-panels.js';
import { onTrack } from './show-race.js';
import { useServerNow, useShow, useShownRace } from './use-show.js';

/** For who tells the hall what happens, and what the screens show. */
export default function CommentatorPage({ event }: { readonly event: string }) {
  const { token } = useSession();
  const { data: view, error } = useEvent(event);
  const notes = useNotes({ event, token });
  if (view === undefined)
    return error === null ? <Note title={words.common.oneMoment} /> : <Note title={error.message} />;
  const isRefused = token === null || (isPitwallError(notes.error) && notes.error.code.startsWith('access-'));
  if (isRefused)
    return (
      <Note title={words.show.commentator}>
        <p>{words.show.staffOnly}</p>
        <Link href={signInTo(`/events/${event}/commentator`)}>{words.session.signIn}</Link>
      </Note>
    );
  return <Commentary view={view} token={token} />;
}

function Commentary({ view, token }: { readonly view: RaceEventView; readonly token: string }) {
  const show = useShow(view.event);
  const { race } = useShownRace(view.event, show);
  return (
    <>
      {race === null ? (
        <PageTitle aside={<Screens event={view.event} name={view.setup.name} />}>{words.show.commentator}</PageTitle>
      ) : (
        <RaceCommentary key={race} race={race} view={view} show={show} token={token} />
      )}
      {race === null ? (
        <Split>
          <Soft>{words.show.noRace}</Soft>
          <div>
            <Direction view={view} show={show} />
            <NotesPanel event={view.event} token={token} />
          </div>
        </Split>
      ) : null}
    </>
  );
}

const Screens = ({ event, name }: { readonly event: string; readonly name: string }) => (
  <>
    <a href={`/events/${event}/screen`} target="_blank" rel="noreferrer">
      {words.show.screen}
    </a>
    <a href={`/events/${event}/overlay`} target="_blank" rel="noreferrer">
      {words.show.overlay}
    </a>
    <Link href={`/events/${event}`}>{name}</Link>
  </>
);

interface RaceProps {
  readonly race: RaceId;
  readonly view: RaceEventView;
  readonly show: EventShow | null;
  readonly token: string;
}

function RaceCommentary({ race, view, show, token }: RaceProps) {
  const live = useRace(race);
  const now = useServerNow(500);
  const { event } = view;
  if (live === undefined)
    return <PageTitle aside={<Screens event={event} name={view.setup.name} />}>{words.show.commentator}</PageTitle>;
  const { state } = live;
  const run = onTrack(state) ?? state.runs.findLast(({ phase }) => phase !== 'discarded');
  return (
    <>
      <PageTitle
        aside={
          <>
            {state.setup.name}
            <Screens event={event} name={view.setup.name} />
            <SoundBar view={live} />
          </>
        }
      >
        {words.show.commentator}
      </PageTitle>
      <Split>
        <div>
          <OnTrackPanel state={state} run={run} now={now} />
          {run === undefined ? null : <NeededPanel state={state} run={run} now={now} />}
          <HappenedPanel state={state} />
          <ComparePanel state={state} run={run} />
        </div>
        <div>
          <Direction view={view} show={show} />
          <NotesPanel event={event} token={token} />
          <RecordsPanel state={state} run={run} />
          <HistoryPanel state={state} run={run} boards={view.boards} />
        </div>
      </Split>
    </>
  );
}
