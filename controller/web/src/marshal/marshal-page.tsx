import { RaceId } from '@pitwall/protocol';
import type { RaceCommand } from '@pitwall/protocol/race';
import { useCallback, useState, useSyncExternalStore } from 'react';
import { v7 as newId } from 'uuid';
import { forms } from '../forms/index.js';
import { CarFelt } from '../garage/index.js';
import { type RaceView, useLiveClient, useRace } from '../live/index.js';
import { RunHero } from '../race/index.js';
import { Note, Title } from '../shell/index.js';
import { useToken } from '../visitor/index.js';
import { ActionPad, StopButton } from './action-pad.js';
import { type ActionId, actionsOf } from './actions.js';
import { CarView } from './car-view.js';
import type { Given } from './commander.js';
import { CrossingDesk, LapDesk } from './lap-desk.js';
import { LogList } from './log-list.js';
import styles from './marshal.module.css';
import { Checks, Outcomes } from './outcomes.js';
import { QueueDesk } from './queue-desk.js';
import { RunDesk, StagingDesk } from './run-desk.js';
import { SpeedControl } from './speed-control.js';
import { StaffToken } from './staff-token.js';
import { none } from './steps.js';
import { useCommander } from './use-commander.js';
import { useKeys } from './use-keys.js';

/** Where a marshal runs a race: eyes on the track, one hand on a key. */
export default function MarshalPage({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  const { token, forget } = useToken();
  if (!id.success) return <Note title="No race can have this name." />;
  if (token === null) return <StaffToken title="Marshal" submit="Go to the track" />;
  return <RaceDesk key={`${race} ${token}`} race={id.data} token={token} onForget={forget} />;
}

interface DeskProps {
  readonly race: RaceId;
  readonly token: string;
  readonly onForget: () => void;
}

function RaceDesk({ race, token, onForget }: DeskProps) {
  const view = useRace(race);
  if (view === undefined) return <Note title="Waiting for the race …">The log of “{race}” has not come yet.</Note>;
  return <Desk race={race} token={token} onForget={onForget} view={view} />;
}

function Desk({ race, token, onForget, view }: DeskProps & { readonly view: RaceView }) {
  const { state, records } = view;
  const client = useLiveClient();
  const commander = useCommander(race, token, view);
  const given = useSyncExternalStore(commander.subscribe, commander.given);
  const [staging, setStaging] = useState(none);
  const run = state.runs.find(({ runId }) => runId === state.current);
  const shown = run ?? state.runs.at(-1);
  const actions = actionsOf({ state, records, run, staging });

  const give = useCallback(
    async (command: RaceCommand) => {
      const { error } = await commander.give(command, state.seq);
      if (error?.code === 'access-unknown' || error?.code === 'access-denied') onForget();
    },
    [commander, state.seq, onForget],
  );
  const act = (id: ActionId) => {
    const action = actions.find((one) => one.id === id);
    const commands = action?.commands?.({ newId, now: client.clock.at(performance.now() * 1000) }) ?? [];
    for (const command of commands) void give(command);
    if (commands.some(({ type }) => type === 'stage')) setStaging(none);
  };
  useKeys(act);

  const again = ({ commandId, command }: Given) => {
    commander.dismiss(commandId);
    void give(command);
  };
  const overrule = ({ commandId, command }: Given, reason: string) => {
    commander.dismiss(commandId);
    if (command.type === 'ready') void give({ ...command, overrule: reason });
  };
  const testEStop = () => {
    if (run?.car != null) void give({ type: 'test-e-stop', car: run.car });
  };
  const stop = actions.find(({ id }) => id === 'e-stop');

  return (
    <>
      <Title
        aside={
          <button type="button" className={forms.small} onClick={onForget}>
            Leave the desk
          </button>
        }
      >
        {state.setup.name}
      </Title>
      <div className={styles.desk}>
        <div className={styles.turn}>
          {shown === undefined ? null : (
            <div className={styles.hero}>
              <RunHero run={shown} state={state} />
            </div>
          )}
          <Outcomes
            given={given}
            state={state}
            again={again}
            overrule={overrule}
            testEStop={testEStop}
            dismiss={({ commandId }) => commander.dismiss(commandId)}
          />
          {run === undefined ? null : <StagingDesk run={run} state={state} staging={staging} onStaging={setStaging} />}
          {run?.car == null ? null : <CarFelt key={run.car} car={run.car} />}
          <ActionPad actions={actions} onAction={act} />
          <RunDesk run={run} state={state} give={(command) => void give(command)} newId={newId} />
          {run !== undefined && state.setup.car === 'simulated' && run.phase !== 'over' ? (
            <SpeedControl run={run} give={(command) => void give(command)} />
          ) : null}
          {run?.carAnswer == null ? null : (
            <p className={styles.answer} data-ok={run.carAnswer.outcome === 'done'}>
              Car {run.carAnswer.car} to “{run.carAnswer.command}”: {run.carAnswer.outcome}
              {run.carAnswer.safety === null ? '' : `, ${run.carAnswer.safety}`}
              {run.carAnswer.message === null ? '' : `: ${run.carAnswer.message}`}
            </p>
          )}
          {run?.interlock == null || run.phase !== 'ready' ? null : (
            <>
              <Checks checks={run.interlock.checks} />
              {run.interlock.overruled === null ? null : (
                <p className={forms.soft}>Overruled: {run.interlock.overruled}</p>
              )}
            </>
          )}
        </div>
        <div className={styles.side}>
          {shown === undefined ? null : (
            <>
              <LapDesk run={shown} state={state} give={(command) => void give(command)} />
              <CrossingDesk run={shown} give={(command) => void give(command)} />
            </>
          )}
          {shown?.car == null ? null : <CarView key={shown.car} car={shown.car} token={token} />}
          <QueueDesk state={state} run={run} give={(command) => void give(command)} newId={newId} />
          <LogList records={records} state={state} give={(command) => void give(command)} />
        </div>
      </div>
      {stop === undefined ? null : <StopButton action={stop} onAction={act} />}
    </>
  );
}
