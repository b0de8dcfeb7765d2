import { Text } from '@mantine/core';
import type { RaceCommand, RunState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { TextField } from '../forms/index.js';
import { Refusal } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { readPaperTimes } from './paper-times.js';
import { ReasonForm } from './reason-form.js';

interface PaperFormProps {
  readonly run: RunState;
  readonly give: (command: RaceCommand) => void;
  readonly onDone: () => void;
}

/** The laps of a run as a stopwatch showed them, instead of what was timed: they are marked *from paper*. */
export function PaperForm({ run, give, onDone }: PaperFormProps) {
  const [times, setTimes] = useState('');
  const [uncertainty, setUncertainty] = useState('0.3');
  const [wrong, setWrong] = useState<string | null>(null);
  return (
    <ReasonForm
      title={words.marshal.typeLapsFromAStopwatch}
      submit={words.marshal.takeTheseLaps}
      usual={[words.marshal.timedByHand, words.marshal.theGateFailed, words.marshal.fromTheSheet]}
      onCancel={onDone}
      onReason={(reason) => {
        const read = readPaperTimes(times, Number(uncertainty.replace(',', '.')));
        setWrong(read.wrong);
        if (read.laps === null) return;
        onDone();
        give({ type: 'type-laps', runId: run.runId, laps: [...read.laps], reason });
      }}
    >
      <Text>{words.marshal.allLapsOfThisRun}</Text>
      <TextField
        label={words.marshal.timesSOrMinS}
        value={times}
        placeholder="12.34 11.98 1:02.10"
        onValue={setTimes}
      />
      <TextField label={words.marshal.plusMinusS} numeric value={uncertainty} onValue={setUncertainty} />
      <Refusal>{wrong}</Refusal>
    </ReasonForm>
  );
}
