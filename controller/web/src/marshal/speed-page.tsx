import { RaceId } from '@pitwall/protocol';
import type { RaceCommand } from '@pitwall/protocol/race';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { useRace } from '../live/index.js';
import { RunHero, WaitingForRace } from '../race/index.js';
import { Note } from '../shell/index.js';
import { TokenForm, useToken } from '../visitor/index.js';
import { sender } from './send.js';
import { SpeedControl } from './speed-control.js';

/** What the racer who has the track in a LIVE race may do: set the speed. */
export default function SpeedPage({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  const { token } = useToken();
  if (!id.success) return <Note title="No race can have this name." />;
  if (token === null)
    return <TokenForm submit="That is me">Your racer’s token; it stays in this tab until you close it.</TokenForm>;
  return <Speed race={id.data} token={token} />;
}

function Speed({ race, token }: { readonly race: RaceId; readonly token: string }) {
  const view = useRace(race);
  const [refusal, setRefusal] = useState<string | null>(null);
  const run = view?.state.runs.find(({ runId }) => runId === view.state.current);
  if (view === undefined) return <WaitingForRace race={race} />;
  if (run === undefined || run.racer === null) return <Note title="Nobody has the track now." />;
  const give = (command: RaceCommand) => {
    setRefusal(null);
    sender(token)(race, { commandId: newId(), seen: view.state.seq, command }).catch((error: Error) =>
      setRefusal(error.message),
    );
  };
  return (
    <>
      <h1>{view.state.setup.name}</h1>
      <RunHero run={run} state={view.state} />
      <SpeedControl run={run} give={give} />
      {refusal === null ? null : <p role="alert">{refusal}</p>}
    </>
  );
}
