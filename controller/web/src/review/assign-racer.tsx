import { Button, Group } from '@mantine/core';
import { useState } from 'react';
import { Form, TextField } from '../forms/index.js';
import { Columns } from '../shell/index.js';
import { words } from '../staff-words/index.js';

interface AssignRacerProps {
  readonly alias: string;
  readonly busy: boolean;
  readonly onNew: (alias: string) => void;
  readonly onKnown: (racer: string) => void;
}

/** Gives a provisional racer an id: a new one, or that of a racer who has one. All of the racer's results go with it. */
export function AssignRacer({ alias, busy, onNew, onKnown }: AssignRacerProps) {
  const [name, setName] = useState(alias);
  const [known, setKnown] = useState('');
  const field = (label: string, value: string, maxLength: number, onValue: (value: string) => void, submit: string) => (
    <Group gap="xs" align="end" wrap="nowrap">
      <TextField label={label} flex={1} required withAsterisk={false} {...{ maxLength, value, onValue }} />
      <Button variant="default" size="md" type="submit" disabled={busy}>
        {submit}
      </Button>
    </Group>
  );
  return (
    <Columns least="18rem">
      <Form onSubmit={() => onNew(name.trim())}>
        {field(words.review.aNewRacerWithThe, name, 64, setName, words.review.issueAnId)}
      </Form>
      <Form onSubmit={() => onKnown(known.trim().toLowerCase())}>
        {field(words.review.orARacerWhoHas, known, 63, setKnown, words.review.itIsThisOne)}
      </Form>
    </Columns>
  );
}
