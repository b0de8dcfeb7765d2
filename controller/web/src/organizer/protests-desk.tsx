import { Button, Group, Text } from '@mantine/core';
import type { EpochMs } from '@pitwall/protocol';
import type { RaceCommand, RaceState, RunState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { ChoiceField, FieldGroup, Form, TextField } from '../forms/index.js';
import { ReasonForm } from '../marshal/index.js';
import { aliasOf } from '../race/index.js';
import { Panel, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { lapTime, timeOfDay } from '../times/index.js';

interface ProtestsProps {
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
  readonly newId: () => string;
}

const outcomes = {
  open: words.common.open,
  upheld: words.common.upheld,
  rejected: words.common.rejected,
  expired: words.organizer.nobodyDecidedInTime,
} as const;

/** Protests against runs: filed for as long as the rules say, each decided with a reason before its deadline. */
export function ProtestsDesk({ state, give, newId }: ProtestsProps) {
  const [asked, setAsked] = useState<{ protestId: string; upheld: boolean } | null>(null);
  const [sent, setSent] = useState(0);
  const runs = state.runs.filter(({ kind, phase }) => kind === 'timed' && (phase === 'confirmed' || phase === 'over'));
  const mayFile = (state.phase === 'open' || state.phase === 'closed') && !state.protestTimeEnded && runs.length > 0;
  const open = state.protests.filter(({ outcome }) => outcome === 'open');
  if (state.protests.length === 0 && !mayFile) return null;
  const decide = (protestId: string, upheld: boolean, label: string) => (
    <Button variant="default" size="xs" onClick={() => setAsked({ protestId, upheld })}>
      {label}
    </Button>
  );
  return (
    <Panel title={words.organizer.protests} aside={open.length === 0 ? undefined : words.organizer.open(open.length)}>
      <Rows ordered data-testid="protests">
        {state.protests.map(({ protestId, runId, by, text, outcome, reason, decideBy }) => (
          <li key={protestId}>
            <Text component="span" flex={1} miw="7rem">
              <b>{text}</b>
              <Soft>
                {words.organizer.against(
                  by,
                  runName(state, runId),
                  outcomes[outcome],
                  reason === null ? '' : `, ${reason}`,
                  outcome === 'open' ? words.organizer.toBeDecidedBy(timeOfDay(decideBy)) : '',
                )}
              </Soft>
            </Text>
            {outcome === 'open' ? (
              <>
                {decide(protestId, true, words.organizer.uphold)}
                {decide(protestId, false, words.organizer.reject)}
              </>
            ) : null}
            {asked?.protestId === protestId && outcome === 'open' ? (
              <ReasonForm
                title={asked.upheld ? words.organizer.upholdTheProtest : words.organizer.rejectTheProtest}
                submit={asked.upheld ? words.organizer.upholdIt : words.organizer.rejectIt}
                usual={[
                  words.organizer.theRecordingShowsIt,
                  words.organizer.theMarshalSawIt,
                  words.organizer.nobodySawIt,
                ]}
                onCancel={() => setAsked(null)}
                onReason={(why) => {
                  setAsked(null);
                  give({ type: 'decide-protest', protestId, upheld: asked.upheld, reason: why });
                }}
              />
            ) : null}
          </li>
        ))}
      </Rows>
      {mayFile ? (
        <ProtestForm
          key={sent}
          state={state}
          runs={runs}
          newId={newId}
          give={(command) => {
            setSent(sent + 1);
            give(command);
          }}
        />
      ) : null}
    </Panel>
  );
}

const runName = (state: RaceState, runId: string): string => {
  const number = state.runs.findIndex((run) => run.runId === runId);
  const run = state.runs[number];
  const racer = run?.racer == null ? words.organizer.aRun : aliasOf(state, run.racer);
  return words.organizer.run(racer, number + 1, run?.score == null ? '' : ` (${lapTime(run.score)})`);
};

function ProtestForm({ state, runs, give, newId }: ProtestsProps & { readonly runs: readonly RunState[] }) {
  const [runId, setRunId] = useState('');
  const [by, setBy] = useState('');
  const [text, setText] = useState('');
  const [minutes, setMinutes] = useState('30');
  const against = runs.find((run) => run.runId === runId) ?? runs.at(-1);
  const time = Number(minutes) * 60_000;
  const isWhole = against !== undefined && by.trim() !== '' && text.trim() !== '' && time > 0;
  const send = () => {
    if (!isWhole) return;
    const decideBy = Math.round(Date.now() + time) as EpochMs;
    give({
      type: 'file-protest',
      protestId: newId(),
      runId: against.runId,
      by: by.trim(),
      text: text.trim(),
      decideBy,
    });
  };
  return (
    <Form label={words.common.protest} onSubmit={send}>
      <FieldGroup title={words.organizer.newProtest}>
        <ChoiceField
          label={words.organizer.againstTitle}
          value={against?.runId ?? ''}
          options={runs.map((run) => [run.runId, runName(state, run.runId)] as const)}
          onValue={setRunId}
        />
        <TextField label={words.organizer.filedBy} value={by} maxLength={100} onValue={setBy} />
        <TextField label={words.organizer.whatFor} value={text} maxLength={500} onValue={setText} />
        <TextField label={words.organizer.decideWithinMin} numeric value={minutes} onValue={setMinutes} />
      </FieldGroup>
      <Group gap="xs">
        <Button type="submit" disabled={!isWhole}>
          {words.organizer.fileTheProtest}
        </Button>
      </Group>
    </Form>
  );
}
