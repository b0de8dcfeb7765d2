import { RaceId } from '@pitwall/protocol';
import type { RaceCommand } from '@pitwall/protocol/race';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { useCarState } from '../garage/index.js';
import { useRace } from '../live/index.js';
import { RunHero, WaitingForRace } from '../race/index.js';
import { TokenForm, useSession } from '../session/index.js';
import { Note, PageTitle, Refusal } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { sender } from './send.js';
import { SpeedControl } from './speed-control.js';
import { speedsOf } from './speeds.js';

/** What the racer who has the track may do: set the speed, as far as the rules allow it. */
export default function SpeedPage({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  const { token } = useSession();
  if (!id.success) return <Note title={words.common.noRaceCanHaveThis} />;
  if (token === null)
    return (
      <TokenForm title={words.marshal.yourCarsSpeed} submit={words.common.thatIsMe}>
        {words.marshal.yourRacersTokenItStays}
      </TokenForm>
    );
  return <Speed race={id.data} token={token} />;
}

function Speed({ race, token }: { readonly race: RaceId; readonly token: string }) {
  const view = useRace(race);
  const [refusal, setRefusal] = useState<string | null>(null);
  const run = view?.state.runs.find(({ runId }) => runId === view.state.current);
  const { state: car } = useCarState(run?.car ?? null);
  if (view === undefined) return <WaitingForRace race={race} />;
  if (run === undefined || run.racer === null) return <Note title={words.marshal.nobodyHasTheTrackNow} />;
  if (speedsOf(view.state.setup).length === 0) return <Note title={words.marshal.theRulesOfThisRace} />;
  const give = (command: RaceCommand) => {
    setRefusal(null);
    sender(token)(race, { commandId: newId(), seen: view.state.seq, command }).catch((error: Error) =>
      setRefusal(error.message),
    );
  };
  return (
    <>
      <PageTitle>{view.state.setup.name}</PageTitle>
      <RunHero run={run} state={view.state} />
      <SpeedControl run={run} setup={view.state.setup} has={car?.runSpeed} give={give} />
      {refusal === null ? null : <Refusal>{refusal}</Refusal>}
    </>
  );
}
