import { Button, Group, Stack, Text } from '@mantine/core';
import { useState } from 'react';
import { Form, TextField } from '../forms/index.js';
import { words } from '../words/index.js';
import { RacerLink } from './racer-link.js';
import { useCalled } from './use-racers.js';

/** Racers by how their names begin. */
export function FindRacer() {
  const [typed, setTyped] = useState('');
  const [called, setCalled] = useState('');
  const { data, error } = useCalled(called);
  return (
    <Stack mb="md" data-no-print>
      <Form label={words.racers.findARacer} onSubmit={() => setCalled(typed.trim())}>
        <Group gap="xs" align="end">
          <TextField label={words.common.racer} maxLength={64} value={typed} onValue={setTyped} />
          <Button type="submit" variant="default" size="md">
            {words.racers.find}
          </Button>
        </Group>
      </Form>
      <Group gap="xs 1rem" role="status">
        {error === null ? null : <Text>{error.message}</Text>}
        {data?.length === 0 ? <Text>{words.racers.nobodyIsCalled(called)}</Text> : null}
        {data?.map((one) => (
          <RacerLink key={one.racer} {...one} />
        ))}
      </Group>
    </Stack>
  );
}
