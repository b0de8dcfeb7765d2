import { Box, Button } from '@mantine/core';
import { useState } from 'react';
import { Form } from '../forms/index.js';
import { Note, PageTitle, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { PasswordField } from './credential-fields.js';
import { keyInAddress, useEntry } from './use-entry.js';

/** By an organizer's link: a new password, and signed in. Nothing is used up before it is sent, so that previews of chats do no harm. */
export default function RecoveryPage() {
  const [key] = useState(keyInAddress);
  const [password, setPassword] = useState('');
  const { busy, refusal, enter } = useEntry();
  if (key === '') return <Note title={words.accounts.noKey}>{words.accounts.noKeySays}</Note>;
  return (
    <Box w="100%" maw="28rem" mx="auto">
      <PageTitle>{words.accounts.recovery}</PageTitle>
      <Form onSubmit={() => enter('/api/v1/people/recovery', { key, password })}>
        <Soft>{words.accounts.recoverySays}</Soft>
        <PasswordField isNew label={words.accounts.newPassword} value={password} onValue={setPassword} />
        <Refusal>{refusal}</Refusal>
        <Button type="submit" disabled={busy} style={{ alignSelf: 'start' }}>
          {words.accounts.setPassword}
        </Button>
      </Form>
    </Box>
  );
}
