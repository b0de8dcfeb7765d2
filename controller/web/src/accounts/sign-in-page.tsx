import { Box, Button, Stack } from '@mantine/core';
import { SignIn } from '@pitwall/protocol/api';
import { useState } from 'react';
import { Form, TextField, useFields } from '../forms/index.js';
import { useSession } from '../session/index.js';
import { PageTitle, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { PasswordField } from './credential-fields.js';
import { passkeysWorkHere, showPasskey } from './passkey.js';
import { ProviderButtons } from './providers.js';
import { PasskeySignUpForm, SignUpForm } from './sign-up-form.js';
import { useEntry } from './use-entry.js';

/** Who has an account signs in; who has none makes one, by password or passkey. */
export default function SignInPage() {
  const [isNew, setNew] = useState(false);
  const [byPasskey, setByPasskey] = useState(false);
  const mayPasskey = passkeysWorkHere();
  return (
    <Box w="100%" maw="28rem" mx="auto">
      <PageTitle>{isNew ? words.accounts.signUp : words.accounts.signIn}</PageTitle>
      {!isNew ? (
        <SignInForm />
      ) : byPasskey ? (
        <PasskeySignUpForm />
      ) : (
        <SignUpForm path="/api/v1/people" submit={words.accounts.signUp} />
      )}
      <Stack mt="md" align="start">
        <ProviderButtons />
        {isNew && mayPasskey ? (
          <Button variant="default" onClick={() => setByPasskey(!byPasskey)}>
            {byPasskey ? words.accounts.withPassword : words.accounts.withPasskey}
          </Button>
        ) : null}
        <Button variant="default" onClick={() => setNew(!isNew)}>
          {isNew ? words.accounts.haveOne : words.accounts.newHere}
        </Button>
        {mayPasskey ? null : <Soft>{words.accounts.passkeysNotHere}</Soft>}
      </Stack>
    </Box>
  );
}

function SignInForm() {
  const { refused } = useSession();
  const { busy, refusal, enter } = useEntry();
  const { field, send } = useFields(
    SignIn,
    { name: '', password: '' },
    { name: words.accounts.nameMissing, password: words.accounts.passwordMissing },
  );
  return (
    <Form
      saysItself
      label={words.accounts.signIn}
      onSubmit={send(({ name, password }) => enter('/api/v1/session', { name: name.trim(), password }))}
    >
      <TextField label={words.accounts.name} autoComplete="username" required withAsterisk={false} {...field('name')} />
      <PasswordField {...field('password')} />
      <Refusal>{refusal ?? refused}</Refusal>
      <Button type="submit" disabled={busy} style={{ alignSelf: 'start' }}>
        {words.accounts.signIn}
      </Button>
      {passkeysWorkHere() ? (
        <Button
          variant="default"
          disabled={busy}
          onClick={() => enter('/api/v1/session/passkey', async () => ({ passkey: await showPasskey() }))}
          style={{ alignSelf: 'start' }}
        >
          {words.accounts.signInByPasskey}
        </Button>
      ) : null}
      <Soft>{words.accounts.forgotten}</Soft>
    </Form>
  );
}
