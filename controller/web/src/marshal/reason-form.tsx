import { Button, Group, Paper, Text } from '@mantine/core';
import { type ReactNode, useId, useState } from 'react';
import { Form, TextField } from '../forms/index.js';
import { words } from '../staff-words/index.js';

interface ReasonFormProps {
  readonly title: string;
  readonly submit: string;
  /** Usual reasons, one press each. */
  readonly usual: readonly string[];
  readonly children?: ReactNode;
  readonly onReason: (reason: string) => void;
  readonly onCancel: () => void;
}

/** Asks why. What has a reason is in the log with it. */
export function ReasonForm({ title, submit, usual, children, onReason, onCancel }: ReasonFormProps) {
  const [reason, setReason] = useState('');
  const list = useId();
  const send = () => {
    if (reason.trim() !== '') onReason(reason.trim());
  };
  return (
    <Paper bd="2px solid var(--accent)" flex="1 0 100%" data-no-print>
      <Form onSubmit={send} onCancel={onCancel}>
        <Text fw={700}>{title}</Text>
        {children}
        {/* It was asked for this very moment. */}
        <TextField
          label={words.common.reason}
          autoFocus
          list={list}
          maxLength={500}
          value={reason}
          onValue={setReason}
        />
        <datalist id={list}>
          {usual.map((one) => (
            <option key={one} value={one} />
          ))}
        </datalist>
        <Group gap="xs">
          {usual.map((one) => (
            <Button variant="default" size="xs" radius="xl" key={one} onClick={() => setReason(one)}>
              {one}
            </Button>
          ))}
        </Group>
        <Group gap="xs">
          <Button type="submit" disabled={reason.trim() === ''}>
            {submit}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {words.common.cancel}
          </Button>
        </Group>
      </Form>
    </Paper>
  );
}
