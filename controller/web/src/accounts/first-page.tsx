import { Box } from '@mantine/core';
import { useState } from 'react';
import { Note, PageTitle, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { SignUpForm } from './sign-up-form.js';
import { keyInAddress } from './use-entry.js';

/** By the link of the first start: its opener administers this controller. */
export default function FirstPage() {
  const [key] = useState(keyInAddress);
  if (key === '') return <Note title={words.accounts.noKey}>{words.accounts.noKeySays}</Note>;
  return (
    <Box w="100%" maw="28rem" mx="auto">
      <PageTitle>{words.accounts.first}</PageTitle>
      <Soft>{words.accounts.firstSays}</Soft>
      <SignUpForm path="/api/v1/people/first" more={{ key }} submit={words.accounts.makeAdministrator} />
    </Box>
  );
}
