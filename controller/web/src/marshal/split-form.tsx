import { Button, Group, Paper, Text } from '@mantine/core';
import { useState } from 'react';
import { Form, TextField } from '../forms/index.js';
import { words } from '../staff-words/index.js';
import type { LapToSplit } from './crossing-choice.js';

interface SplitFormProps {
  readonly split: LapToSplit;
  readonly onSplit: (parts: number) => void;
  readonly onCancel: () => void;
}

/** Asks into how many laps one is split, between which the gate missed the car. Enter takes what is there. */
export function SplitForm({ split, onSplit, onCancel }: SplitFormProps) {
  const [parts, setParts] = useState(String(split.parts));
  const count = Number(parts);
  const isGood = Number.isInteger(count) && count >= 2 && count <= split.most;
  return (
    <Paper bd="2px solid var(--warn)">
      <Form label={words.marshal.splitLapLap(split.lap)} onSubmit={() => isGood && onSplit(count)} onCancel={onCancel}>
        <Text fw={700} fz="1.2rem">
          {words.marshal.splitTheGateMissedThe(split.lap)}
        </Text>
        {/* It was asked for this very moment. */}
        <TextField
          label={words.marshal.intoHowManyLaps}
          autoFocus
          type="number"
          min={2}
          max={split.most}
          value={parts}
          onFocus={({ target }) => target.select()}
          onValue={setParts}
        />
        <Group gap="xs">
          <Button type="submit" disabled={!isGood}>
            {words.marshal.splitIt}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {words.common.cancel}
          </Button>
        </Group>
      </Form>
    </Paper>
  );
}
