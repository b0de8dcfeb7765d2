import { Box, Button, Paper, Text } from '@mantine/core';
import { RaceId } from '@pitwall/protocol';
import { deskReasons, doubtsThatMatter, type RaceCommand, RaceReplay } from '@pitwall/protocol/race';
import { useMemo, useState, useSyncExternalStore } from 'react';
import { v7 as newId } from 'uuid';
import { StopByHand } from '../forms/index.js';
import { StopAllSheet, useCarState, useStopAll } from '../garage/index.js';
import { type RaceView, useLink, useLiveClient, useRace } from '../live/index.js';
import { RunHero, WaitingForRace } from '../race/index.js';
import { useSession } from '../session/index.js';
import { Note, PageTitle, Soft, Split } from '../shell/index.js';
import { SoundBar } from '../sound/index.js';
import { words } from '../staff-words/index.js';
import { ActionPad, StopButton } from './action-pad.js';
import { type ActionId, actionsOf, behindCover, carsToStop } from './actions.js';
import { alarmOf, jumpStartOf, wasPickedUp } from './alarm.js';
import { CarStrip } from './car-strip.js';
import { CarView } from './car-view.js';
import type { Given } from './commander.js';
import { ConfirmQuestion } from './confirm-question.js';
import { ask, isAsked, pressConfirm, type Question } from './confirmation.js';
import { splitOf } from './crossing-choice.js';
import { DoubtDesk, type DoubtListProps, type Verdict } from './doubt-list.js';
import { GateAlarm, useTimingGates } from './gate-watch.js';
import { CrossingDesk, LapDesk } from './lap-desk.js';
import { LogList } from './log-list.js';
import styles from './marshal.module.css';
import { Checks, Outcomes } from './outcomes.js';
import { QueueDesk } from './queue-desk.js';
import { named } from './record-text.js';
import { RequireMarshal } from './require-marshal.js';
import { RunDesk, StagingDesk } from './run-desk.js';
import { SpeedControl } from './speed-control.js';
import { SplitForm } from './split-form.js';
import { none } from './steps.js';
import { useCommander } from './use-commander.js';
import { useKeys } from './use-keys.js';
import { useStops } from './use-stops.js';

/** Where a marshal runs a race: eyes on the track, one hand on a key. */
export default function MarshalPage({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  const { signOut } = useSession();
  if (!id.success) return <Note title={words.common.noRaceCanHaveThis} />;
  return (
    <RequireMarshal title={words.common.marshal} submit={words.marshal.goToTheTrack}>
      {(token) => <RaceDesk key={`${race} ${token}`} race={id.data} token={token} onSignOut={signOut} />}
    </RequireMarshal>
  );
}

interface DeskProps {
  readonly race: RaceId;
  readonly token: string;
  readonly onSignOut: (why?: string) => void;
}

function RaceDesk({ race, token, onSignOut }: DeskProps) {
  const view = useRace(race);
  if (view === undefined) return <WaitingForRace race={race} />;
  return <Desk race={race} token={token} onSignOut={onSignOut} view={view} />;
}

function Desk({ race, token, onSignOut, view }: DeskProps & { readonly view: RaceView }) {
  const { state, records } = view;
  const client = useLiveClient();
  const link = useLink();
  const commander = useCommander(race, token, view);
  const given = useSyncExternalStore(commander.subscribe, commander.given);
  const [staging, setStaging] = useState(none);
  const run = state.runs.find(({ runId }) => runId === state.current);
  const shown = run ?? state.runs.at(-1);
  const cars = carsToStop({ state, run });
  // The car of the run, or the one that will be: the strip is always there.
  const car = run?.car ?? cars[0] ?? null;
  const about = useCarState(car);
  const gates = useTimingGates(state.setup);
  const stops = useStops(records, { car, state: about.state });
  const stopAll = useStopAll(token);
  const [seenTo, setSeenTo] = useState<number | null>(null);
  const isDead = link.state === 'lost' && run?.car != null && seenTo !== link.since;
  const isCovered = isDead || stops.doubtful.length > 0 || stopAll.shown !== null;
  const [chosen, setChosen] = useState<number | null>(null);
  const [splitting, setSplitting] = useState<number | null>(null);
  const [question, setQuestion] = useState<Question | null>(null);
  const over = run?.phase === 'over' ? run.runId : null;
  const doubts = useMemo(() => (over === null ? [] : doubtsThatMatter(new RaceReplay(records), over)), [records, over]);
  const confirming = { runId: over ?? '', doubts };
  const asked = over !== null && isAsked(question, confirming);
  const { min } = state.setup.rules.plausible;
  const lapToBeSplit = run?.laps.find(({ crossing }) => crossing !== null && crossing === splitting);
  const split = run === undefined || lapToBeSplit === undefined ? undefined : splitOf(run, lapToBeSplit, min);
  const situation = { state, records, run, staging, doubts, asked, pickedUp: wasPickedUp(run, about) };
  const actions = actionsOf({ ...situation, chosen });

  const give = async (command: RaceCommand): Promise<boolean> => {
    if (command.type === 'e-stop') stops.pressed(command.car);
    const { commandId, state: became, error } = await commander.give(command, state.seq);
    if (error?.code === 'doubts-open' && command.type === 'confirm') {
      commander.dismiss(commandId);
      setQuestion(ask({ runId: command.runId, doubts }, performance.now(), error.message));
      return false;
    }
    if (command.type === 'e-stop' && became === 'refused')
      stops.refused(command.car, error?.message ?? words.marshal.theControllerDidNotAnswer);
    // Who must stop a car by hand is not sent to a form.
    else if (error?.code === 'access-unknown' || error?.code === 'access-denied') onSignOut(error.message);
    return became === 'done';
  };
  /** One after another: none is given where the one before was not done. */
  const giveAll = async ([command, ...rest]: readonly RaceCommand[]): Promise<void> => {
    if (command !== undefined && (await give(command))) await giveAll(rest);
  };
  const act = (id: ActionId) => {
    if (id === 'stop-all') return stopAll.press();
    const action = actions.find((one) => one.id === id);
    const now = client.clock.at(performance.now() * 1000);
    const all = action?.commands?.({ newId, now }) ?? [];
    const commands = isCovered ? behindCover(id, all) : all;
    const [first] = commands;
    if (first?.type === 'split-lap') return setSplitting(first.crossing);
    if (first?.type === 'confirm') {
      const press = pressConfirm(question, confirming, performance.now());
      if (press === 'ask') setQuestion(ask(confirming, performance.now()));
      if (press === 'ask' || press === 'wait') return;
      setQuestion(null);
    }
    // Every car gets its stop, whatever became of the others'.
    if (id === 'e-stop') for (const command of commands) void give(command);
    else if (first?.type === 'stage') void give(first).then((was) => was && setStaging(none));
    else void giveAll(commands);
  };
  const verdict = (id: Verdict, crossing: number) => {
    const action = actionsOf({ ...situation, chosen: crossing }).find((one) => one.id === id);
    void giveAll(action?.commands?.({ newId, now: null }) ?? []);
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
  const accept = ({ commandId, command }: Given, detail: string) => {
    commander.dismiss(commandId);
    if (command.type === 'ready') void give({ ...command, accept: [...(command.accept ?? []), detail] });
  };
  const testEStop = () => {
    if (run?.car != null) void give({ type: 'test-e-stop', car: run.car });
  };
  const listed: DoubtListProps | undefined =
    run === undefined ? undefined : { run, records, doubts, chosen, onChoose: setChosen, onVerdict: verdict };
  const stop = actions.find(({ id }) => id === 'e-stop');
  const seeTo = () => {
    stops.dismiss();
    if (link.state === 'lost') setSeenTo(link.since);
  };

  return (
    <>
      <PageTitle
        aside={
          <>
            <SoundBar view={view} />
            <Button variant="default" size="xs" onClick={() => onSignOut()}>
              {words.marshal.leaveTheDesk}
            </Button>
          </>
        }
      >
        {state.setup.name}
      </PageTitle>
      <Outcomes
        given={given}
        state={state}
        again={again}
        overrule={overrule}
        accept={accept}
        testEStop={testEStop}
        dismiss={({ commandId }) => commander.dismiss(commandId)}
      >
        <GateAlarm gates={gates} run={run} />
        {asked && listed !== undefined ? (
          <ConfirmQuestion {...listed} said={question.said} onCancel={() => setQuestion(null)} />
        ) : null}
        {run === undefined || split === undefined ? null : (
          <SplitForm
            key={split.crossing}
            split={split}
            onCancel={() => setSplitting(null)}
            onSplit={(parts) => {
              setSplitting(null);
              const { crossing } = split;
              void give({
                type: 'split-lap',
                runId: run.runId,
                crossing,
                parts,
                reason: deskReasons.split,
              });
            }}
          />
        )}
      </Outcomes>
      {/* What is below the stop button can be scrolled up. */}
      <Box pb="6.5rem">
        <Split>
          <div>
            {shown === undefined ? null : (
              <Paper p={0} className={styles.hero} style={{ overflow: 'hidden', zoom: 0.85 }}>
                <RunHero run={shown} state={state} alarm={alarmOf(run, about) ?? jumpStartOf(run)} />
              </Paper>
            )}
            <CarStrip car={car} gates={gates} />
            <ActionPad actions={actions} onAction={act} />
            {run === undefined ? null : (
              <StagingDesk run={run} state={state} staging={staging} onStaging={setStaging} />
            )}
            <RunDesk run={run} state={state} give={(command) => void give(command)} newId={newId} />
            {run === undefined ? null : (
              <SpeedControl
                run={run}
                setup={state.setup}
                has={about.state?.runSpeed}
                give={(command) => void give(command)}
              />
            )}
            {run?.carAnswer == null ? null : (
              <Text c={run.carAnswer.outcome === 'done' ? 'var(--ink-2)' : 'var(--stop)'}>
                {words.marshal.carAnswered(
                  run.carAnswer.car,
                  named(words.marshal.carCommands, run.carAnswer.command),
                  named(words.marshal.answers, run.carAnswer.outcome),
                  run.carAnswer.safety === null ? '' : `, ${named(words.marshal.safety, run.carAnswer.safety)}`,
                  run.carAnswer.message === null ? '' : `: ${run.carAnswer.message}`,
                )}
              </Text>
            )}
            {run?.interlock == null || run.phase !== 'ready' ? null : (
              <>
                <Checks checks={run.interlock.checks} accepted={run.interlock.accepted} />
                {run.interlock.overruled === null ? null : (
                  <Soft>{words.marshal.overruledOverruled(run.interlock.overruled)}</Soft>
                )}
              </>
            )}
          </div>
          <div>
            {shown === undefined ? null : (
              <>
                {listed === undefined ? null : <DoubtDesk {...listed} />}
                <LapDesk run={shown} state={state} give={(command) => void give(command)} onSplit={setSplitting} />
                <CrossingDesk run={shown} records={records} give={(command) => void give(command)} />
              </>
            )}
            {shown?.car == null ? null : <CarView key={shown.car} car={shown.car} token={token} />}
            <QueueDesk state={state} run={run} give={(command) => void give(command)} newId={newId} />
            <LogList records={records} state={state} give={(command) => void give(command)} />
          </div>
        </Split>
      </Box>
      {stop === undefined ? null : (
        <StopButton action={stop} isHeard={link.state !== 'lost'} onAction={act} onStopAll={stopAll.press} />
      )}
      {stopAll.shown === null ? null : (
        <StopAllSheet shown={stopAll.shown} onAgain={stopAll.press} onDismiss={stopAll.dismiss} />
      )}
      {isDead || stops.doubtful.length > 0 ? (
        <StopByHand
          what={isDead && run?.car != null ? run.car : stops.doubtful.map((one) => one.car).join(', ')}
          why={[...stops.doubtful.map(({ why }) => why), ...(isDead ? [words.marshal.noWordFromTheController] : [])]}
          onDismiss={seeTo}
        >
          <button type="button" onClick={() => act('e-stop')}>
            {words.marshal.sendTheStopAgainE}
          </button>
        </StopByHand>
      ) : null}
    </>
  );
}
