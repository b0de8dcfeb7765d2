import { RaceId } from '@pitwall/protocol';
import type { RaceCommand } from '@pitwall/protocol/race';
import { useSyncExternalStore } from 'react';
import { v7 as newId } from 'uuid';
import { Link } from 'wouter';
import { FinalsPanel } from '../finals/index.js';
import { type RaceView, useRace } from '../live/index.js';
import { type Given, Outcomes, RequireMarshal, useCommander } from '../marshal/index.js';
import { WaitingForRace } from '../race/index.js';
import { useSession } from '../session/index.js';
import { Note, PageTitle, Panel, Split } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { EntriesDesk } from './entries-desk.js';
import { ProtestsDesk } from './protests-desk.js';
import { RaceSteps } from './race-steps.js';
import { SetupFacts } from './setup-facts.js';
import { SetupForm } from './setup-form.js';
import { TimingPanel } from './timing-form.js';

/** One race as its organizer sees it: setup, entries, protests, finals. */
export default function OrganizerPage({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  const { signOut } = useSession();
  if (!id.success) return <Note title={words.common.noRaceCanHaveThis} />;
  return (
    <RequireMarshal title={words.organizer.organizer} submit={words.organizer.setUpTheRace}>
      {(token) => <Known key={`${race} ${token}`} race={id.data} token={token} onSignOut={signOut} />}
    </RequireMarshal>
  );
}

interface KnownProps {
  readonly race: RaceId;
  readonly token: string;
  readonly onSignOut: (why: string) => void;
}

function Known({ race, token, onSignOut }: KnownProps) {
  const view = useRace(race);
  if (view === undefined) return <WaitingForRace race={race} />;
  return <Desk race={race} token={token} onSignOut={onSignOut} view={view} />;
}

function Desk({ race, token, onSignOut, view }: KnownProps & { readonly view: RaceView }) {
  const { state } = view;
  const commander = useCommander(race, token, view);
  const given = useSyncExternalStore(commander.subscribe, commander.given);
  const give = (command: RaceCommand) => {
    void commander.give(command, state.seq).then(({ error }) => {
      if (error?.code === 'access-unknown' || error?.code === 'access-denied') onSignOut(error.message);
    });
  };
  const again = ({ commandId, command }: Given) => {
    commander.dismiss(commandId);
    give(command);
  };
  return (
    <>
      <PageTitle
        aside={
          <nav aria-label={words.organizer.thisRace}>
            <Link href={`/races/${race}`}>{words.organizer.forTheCrowd}</Link>
            <Link href={`/marshal/${race}`}>{words.organizer.marshalsDesk}</Link>
            {state.setup.leaderboard === null ? null : (
              <Link href={`/organizer/import/${state.setup.leaderboard}`}>{words.common.importLaps}</Link>
            )}
          </nav>
        }
      >
        {state.setup.name}
      </PageTitle>
      <Split left="1fr">
        <div>
          <Outcomes
            given={given}
            state={state}
            again={again}
            overrule={again}
            accept={again}
            testEStop={() => undefined}
            dismiss={({ commandId }) => commander.dismiss(commandId)}
          />
          <RaceSteps state={state} give={give} />
          <EntriesDesk state={state} give={give} />
          <ProtestsDesk state={state} give={give} newId={newId} />
          <FinalsPanel state={state} />
        </div>
        <div>
          {state.phase === 'draft' ? (
            <Panel title={words.common.setup} aside={words.organizer.untilTheRaceOpens}>
              <SetupForm
                key={JSON.stringify(state.setup)}
                before={state.setup}
                submit={words.organizer.saveTheSetup}
                onSetup={(setup) => give({ type: 'change', setup })}
              />
            </Panel>
          ) : (
            <>
              <SetupFacts setup={state.setup} />
              {state.phase === 'open' ? <TimingPanel state={state} give={give} /> : null}
            </>
          )}
        </div>
      </Split>
    </>
  );
}
