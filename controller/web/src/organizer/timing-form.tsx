import { Button, Group, Stack } from '@mantine/core';
import type { RaceCommand, RaceState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { TextField } from '../forms/index.js';
import { ReasonForm } from '../marshal/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { readTiming, timingDraft } from './timing-draft.js';

interface TimingFormProps {
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
}

/** How an open race is timed, to be changed for runs to come; its rules stand. */
export function TimingPanel({ state, give }: TimingFormProps) {
  const [open, setOpen] = useState(false);
  const isBusy = state.current !== null;
  return (
    <Panel title={words.organizer.timing} aside={words.organizer.forRunsToCome}>
      {open ? (
        <TimingForm state={state} give={give} onDone={() => setOpen(false)} />
      ) : (
        <>
          <Soft>{words.organizer.gatesHoldOffShortestAnd}</Soft>
          <Group gap="xs">
            <Button variant="default" size="xs" disabled={isBusy} onClick={() => setOpen(true)}>
              {isBusy ? words.organizer.aRunHasTheTrack : words.organizer.changeTheTiming}
            </Button>
          </Group>
        </>
      )}
    </Panel>
  );
}

function TimingForm({ state, give, onDone }: TimingFormProps & { readonly onDone: () => void }) {
  const [draft, setDraft] = useState(() => timingDraft(state.setup));
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const set = (change: Partial<typeof draft>) => setDraft((last) => ({ ...last, ...change }));
  return (
    <Stack>
      <ReasonForm
        title={words.organizer.timingOfRunsToCome}
        submit={words.common.changeIt}
        usual={[words.organizer.lapsAreShorter, words.organizer.anotherGate, words.organizer.theGateChatters]}
        onCancel={onDone}
        onReason={(reason) => {
          const read = readTiming(draft);
          setWrong(read.wrong ?? []);
          if (read.timing === null) return;
          onDone();
          give({ type: 'change-timing', timing: read.timing, reason });
        }}
      >
        <TextField
          label={words.organizer.gatesAtTheStartLine}
          value={draft.gates}
          onValue={(gates) => set({ gates })}
        />
        <TextField
          label={words.organizer.gatesAtTheFinish}
          value={draft.finish}
          placeholder={words.organizer.theStartLine}
          onValue={(finish) => set({ finish })}
        />
        <TextField
          label={words.organizer.splits}
          value={draft.splits}
          placeholder={words.organizer.none}
          onValue={(splits) => set({ splits })}
        />
        <TextField
          label={words.organizer.shortestPlausibleLapS}
          numeric
          value={draft.shortest}
          onValue={(shortest) => set({ shortest })}
        />
        <TextField
          label={words.organizer.longestPlausibleLapS}
          numeric
          value={draft.longest}
          onValue={(longest) => set({ longest })}
        />
        <TextField
          label={words.organizer.holdOffS}
          numeric
          hint={words.organizer.crossingsSoSoonAfterOne}
          value={draft.holdoff}
          onValue={(holdoff) => set({ holdoff })}
        />
        <Refusal>{wrong}</Refusal>
      </ReasonForm>
    </Stack>
  );
}
