import { Box, Button } from '@mantine/core';
import { Recovery } from '@pitwall/protocol/api';
import { useState } from 'react';
import { Form, useFields } from '../forms/index.js';
import { Note, PageTitle, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { PasswordField } from './credential-fields.js';
import { keyInAddress, useEntry } from './use-entry.js';

const NewPassword = Recovery.pick({ password: true });

/** By an organizer's link: a new password, and signed in. Nothing is used up before it is sent, so that previews of chats do no harm. */
export default function RecoveryPage() {
  const [key] = useState(keyInAddress);
  const { field, send } = useFields(NewPassword, { password: '' }, { password: words.accounts.passwordHint });
  const { busy, refusal, enter } = useEntry();
  if (key === '') return <Note title={words.accounts.noKey}>{words.accounts.noKeySays}</Note>;
  return (
    <Box w="100%" maw="28rem" mx="auto">
      <PageTitle>{words.accounts.recovery}</PageTitle>
      <Form saysItself onSubmit={send(({ password }) => enter('/api/v1/people/recovery', { key, password }))}>
        <Soft>{words.accounts.recoverySays}</Soft>
        <PasswordField isNew label={words.accounts.newPassword} {...field('password')} />
        <Refusal>{refusal}</Refusal>
        <Button type="submit" disabled={busy} style={{ alignSelf: 'start' }}>
          {words.accounts.setPassword}
        </Button>
      </Form>
    </Box>
  );
}
