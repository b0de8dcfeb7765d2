import { Button, Group } from '@mantine/core';
import type { CarId, Micros, Sha256 } from '@pitwall/protocol';
import type { RaceCommand, RaceState, RunState } from '@pitwall/protocol/race';
import { type ReactNode, useState } from 'react';
import { ChoiceField, TextField } from '../forms/index.js';
import { words } from '../staff-words/index.js';
import { PaperForm } from './paper-form.js';
import { ReasonForm } from './reason-form.js';
import { chosen, none, type Staging } from './steps.js';

interface RunDeskProps {
  readonly run: RunState | undefined;
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
  readonly newId: () => string;
}

interface Judgement {
  readonly label: string;
  readonly submit: string;
  readonly usual: readonly string[];
  readonly command: (reason: string) => RaceCommand;
  /** May bind another car or model. */
  readonly swaps?: true;
}

/** What needs a reason: technical stop, more time, discard, reopen, re-run, and the race's own ends. */
export function RunDesk({ run, state, give, newId }: RunDeskProps) {
  const [swap, setSwap] = useState<Staging>(none);
  const [asked, setAsked] = useState<string | null>(null);
  const [typing, setTyping] = useState<string | null>(null);
  const last = run ?? state.runs.at(-1);
  const car = state.entries.find((entry) => entry.car !== null)?.car ?? undefined;
  const judgements = judgementsOf({ run, last, state, swap, newId });
  const asking = judgements.find(({ label }) => label === asked);
  if (run !== undefined && typing === run.runId)
    return <PaperForm run={run} give={give} onDone={() => setTyping(null)} />;
  if (asking !== undefined)
    return (
      <ReasonForm
        key={asking.label}
        title={asking.label}
        submit={asking.submit}
        usual={asking.usual}
        onCancel={() => setAsked(null)}
        onReason={(reason) => {
          setAsked(null);
          setSwap(none);
          give(asking.command(reason));
        }}
      >
        {asking.swaps && run !== undefined ? (
          <CarAndModel run={run} state={state} staging={swap} onStaging={setSwap} />
        ) : null}
      </ReasonForm>
    );
  return (
    <Group gap="xs">
      {judgements.map(({ label }) => (
        <Button variant="default" size="xs" key={label} onClick={() => setAsked(label)}>
          {label} …
        </Button>
      ))}
      {run?.kind === 'timed' ? (
        <Button variant="default" size="xs" onClick={() => setTyping(run.runId)}>
          {words.marshal.typeLapsFromAStopwatchTitle}
        </Button>
      ) : null}
      {state.phase === 'open' && run === undefined ? (
        <>
          <Button
            variant="default"
            size="xs"
            onClick={() => give({ type: 'practice', runId: newId(), ...(car === undefined ? {} : { car }) })}
          >
            {words.common.practice}
          </Button>
          {state.finals === null && state.setup.rules.finals.format !== 'none' ? (
            <Button variant="default" size="xs" onClick={() => give({ type: 'draw-finals' })}>
              {words.common.drawTheFinals}
            </Button>
          ) : null}
          <Button variant="default" size="xs" onClick={() => give({ type: 'close' })}>
            {words.common.closeTheRace}
          </Button>
        </>
      ) : null}
      {state.phase === 'closed' && state.protestTimeEnded ? (
        <Button variant="default" size="xs" onClick={() => give({ type: 'declare-official' })}>
          {words.common.declareOfficial}
        </Button>
      ) : null}
    </Group>
  );
}

const moreTime = 30_000_000 as Micros;

interface Judged extends Pick<RunDeskProps, 'run' | 'state' | 'newId'> {
  readonly last: RunState | undefined;
  readonly swap: Staging;
}

function judgementsOf({ run, last, state, swap, newId }: Judged): Judgement[] {
  const judgements: Judgement[] = [];
  if (run?.phase === 'running' || run?.phase === 'paused') {
    const { runId } = run;
    judgements.push({
      label: words.common.technicalStop,
      submit: words.marshal.stopForIt,
      usual: [words.marshal.deadBattery, words.marshal.carSwap, words.marshal.changeOfModel, words.marshal.repair],
      command: (reason) => ({ type: 'technical-stop', runId, reason, ...chosen(swap) }),
      swaps: true,
    });
    if (run.limit !== null)
      judgements.push({
        label: words.marshal.add30S,
        submit: words.marshal.add30S,
        usual: [words.marshal.delayByTheTrack, words.marshal.delayByTheGate],
        command: (reason) => ({ type: 'add-time', runId, time: moreTime, reason }),
      });
  }
  if (run !== undefined && run.kind === 'timed' && run.phase !== 'called')
    judgements.push({
      label: words.marshal.relaunch,
      submit: words.marshal.launchItAgain,
      usual: [words.marshal.theCarStoodStill, words.marshal.theModelDidNotCome, words.marshal.wrongStart],
      command: (reason) => ({ type: 'relaunch', runId: run.runId, next: newId(), reason }),
    });
  if (run !== undefined && run.kind === 'timed')
    judgements.push({
      label: words.marshal.discardTheRun,
      submit: words.marshal.discardIt,
      usual: [words.marshal.racerWithdrew, words.marshal.wrongCar, words.marshal.carFailedBeforeTheFirst],
      command: (reason) => ({ type: 'discard', runId: run.runId, reason }),
    });
  if (run === undefined && last !== undefined && (last.phase === 'confirmed' || last.phase === 'discarded'))
    judgements.push({
      label: words.marshal.reopenTheLastRun,
      submit: words.marshal.reopenIt,
      usual: [words.marshal.wrongDecision, words.common.protest, words.marshal.aCrossingCameLate],
      command: (reason) => ({ type: 'reopen', runId: last.runId, reason }),
    });
  if (last !== undefined && last.kind === 'timed' && last.counts)
    judgements.push({
      label: words.marshal.grantAReRun,
      submit: words.marshal.grantIt,
      usual: [words.marshal.faultOfTheTrack, words.marshal.faultOfTheGate, words.marshal.deadBattery],
      command: (reason) => ({ type: 'grant-rerun', runId: last.runId, reason }),
    });
  if (state.phase === 'closed' && !state.protestTimeEnded)
    judgements.push({
      label: words.marshal.declareOfficialBeforeProtestsEnd,
      submit: words.common.declareOfficial,
      usual: [words.marshal.allRacersAgree],
      command: (overrule) => ({ type: 'declare-official', overrule }),
    });
  return judgements;
}

interface StagingProps {
  readonly run: RunState;
  readonly state: RaceState;
  readonly staging: Staging;
  readonly onStaging: (staging: Staging) => void;
}

/** Which car and which of the entry's models, where that is not clear. */
export function StagingDesk(props: StagingProps): ReactNode {
  return props.run.phase === 'called' ? <CarAndModel {...props} /> : null;
}

function CarAndModel({ run, state, staging, onStaging }: StagingProps): ReactNode {
  const entry = state.entries.find(({ racer }) => racer === run.racer);
  if (entry === undefined) return null;
  const cars = [...new Set(state.entries.flatMap(({ car }) => (car === null ? [] : [car])))];
  return (
    <Group gap="xs" align="end">
      <TextField
        label={words.common.car}
        list="cars"
        placeholder={entry.car ?? words.marshal.whichCar}
        value={staging.car ?? ''}
        onValue={(car) => onStaging({ ...staging, car: car === '' ? undefined : (car as CarId) })}
      />
      <datalist id="cars">
        {cars.map((car) => (
          <option key={car} value={car} />
        ))}
      </datalist>
      {entry.models.length > 1 ? (
        <ChoiceField
          label={words.common.model}
          value={(staging.model ?? '') as string}
          options={[
            ['', words.marshal.whichModel],
            ...entry.models.map(({ hash, name }) => [hash as string, `${name} (${hash.slice(0, 8)})`] as const),
          ]}
          onValue={(model) => onStaging({ ...staging, model: model === '' ? undefined : (model as Sha256) })}
        />
      ) : null}
    </Group>
  );
}
