import { Button, Group, Stack } from '@mantine/core';
import type { RaceCommand, RaceState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { TextField } from '../forms/index.js';
import { ReasonForm } from '../marshal/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
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
    <Panel title="Timing" aside="for runs to come">
      {open ? (
        <TimingForm state={state} give={give} onDone={() => setOpen(false)} />
      ) : (
        <>
          <Soft>
            Gates, hold-off, shortest and longest lap can be changed in an open race, with a reason, between two runs.
          </Soft>
          <Group gap="xs">
            <Button variant="default" size="xs" disabled={isBusy} onClick={() => setOpen(true)}>
              {isBusy ? 'A run has the track' : 'Change the timing …'}
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
        title="Timing of runs to come"
        submit="Change it"
        usual={['Laps are shorter', 'Another gate', 'The gate chatters']}
        onCancel={onDone}
        onReason={(reason) => {
          const read = readTiming(draft);
          setWrong(read.wrong ?? []);
          if (read.timing === null) return;
          onDone();
          give({ type: 'change-timing', timing: read.timing, reason });
        }}
      >
        <TextField label="Gates at the start line" value={draft.gates} onValue={(gates) => set({ gates })} />
        <TextField
          label="Gates at the finish"
          value={draft.finish}
          placeholder="the start line"
          onValue={(finish) => set({ finish })}
        />
        <TextField label="Splits" value={draft.splits} placeholder="none" onValue={(splits) => set({ splits })} />
        <TextField
          label="Shortest plausible lap, s"
          numeric
          value={draft.shortest}
          onValue={(shortest) => set({ shortest })}
        />
        <TextField
          label="Longest plausible lap, s"
          numeric
          value={draft.longest}
          onValue={(longest) => set({ longest })}
        />
        <TextField
          label="Hold-off, s"
          numeric
          hint="Crossings so soon after one are the same passage"
          value={draft.holdoff}
          onValue={(holdoff) => set({ holdoff })}
        />
        <Refusal>{wrong}</Refusal>
      </ReasonForm>
    </Stack>
  );
}
