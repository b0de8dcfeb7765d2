import { Button, Group, Modal, Text } from '@mantine/core';
import { type ReactNode, useState } from 'react';
import { Form, TextField } from '../forms/index.js';
import { words } from '../words/index.js';

interface ConfirmProps {
  readonly submit: string;
  readonly busy: boolean;
  /** Asks for a reason, which is kept in the race's log. */
  readonly reason?: boolean;
  readonly onSubmit: (reason: string) => void;
  readonly onCancel: () => void;
  /** What it does, before it is done. */
  readonly children: ReactNode;
}

/** Asks once more before something that cannot be taken back. */
export function Confirm({ submit, busy, reason = false, onSubmit, onCancel, children }: ConfirmProps) {
  const [text, setText] = useState('');
  return (
    <Modal opened onClose={onCancel} title={submit} withCloseButton={false}>
      <Form onSubmit={() => onSubmit(text.trim())}>
        <Text>{children}</Text>
        {reason ? (
          <TextField label={words.common.reason} data-autofocus maxLength={500} value={text} onValue={setText} />
        ) : null}
        <Group gap="xs">
          <Button type="submit" color="alarm" disabled={busy || (reason && text.trim() === '')}>
            {submit}
          </Button>
          <Button variant="default" onClick={onCancel}>
            {words.common.cancel}
          </Button>
        </Group>
      </Form>
    </Modal>
  );
}
