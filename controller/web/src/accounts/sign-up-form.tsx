import { Button } from '@mantine/core';
import { useState } from 'react';
import { Country, Form } from '../forms/index.js';
import { Refusal } from '../shell/index.js';
import { words } from '../words/index.js';
import { AliasField, EmailField, PasswordField } from './credential-fields.js';
import { useEntry } from './use-entry.js';

interface SignUpFormProps {
  readonly path: string;
  /** Sent with it. */
  readonly more?: object;
  readonly submit: string;
}

/** Alias and password; the rest as one likes. */
export function SignUpForm({ path, more = {}, submit }: SignUpFormProps) {
  const { busy, refusal, enter } = useEntry();
  const [alias, setAlias] = useState('');
  const [password, setPassword] = useState('');
  const [email, setEmail] = useState('');
  const [country, setCountry] = useState('');
  const send = () =>
    enter(path, {
      ...more,
      alias: alias.trim(),
      password,
      ...(email.trim() === '' ? {} : { email: email.trim() }),
      ...(country === '' ? {} : { country }),
    });
  return (
    <Form label={words.accounts.signUp} onSubmit={send}>
      <AliasField value={alias} onValue={setAlias} />
      <PasswordField isNew value={password} onValue={setPassword} />
      <EmailField value={email} onValue={setEmail} />
      <Country value={country} none={words.accounts.noCountry} onValue={setCountry} />
      <Refusal>{refusal}</Refusal>
      <Button type="submit" disabled={busy} style={{ alignSelf: 'start' }}>
        {submit}
      </Button>
    </Form>
  );
}
