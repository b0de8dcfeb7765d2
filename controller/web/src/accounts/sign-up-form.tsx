import { Button } from '@mantine/core';
import { SignUp } from '@pitwall/protocol/api';
import { Country, Form, useFields } from '../forms/index.js';
import { Refusal } from '../shell/index.js';
import { words } from '../words/index.js';
import { AliasField, EmailField, PasswordField } from './credential-fields.js';
import { useEntry } from './use-entry.js';

/** Divisions are an organizer's business. */
const Asked = SignUp.omit({ division: true, colour: true });

interface SignUpFormProps {
  readonly path: string;
  /** Sent with it. */
  readonly more?: object;
  readonly submit: string;
}

/** Alias and password; the rest as one likes. */
export function SignUpForm({ path, more = {}, submit }: SignUpFormProps) {
  const { busy, refusal, enter } = useEntry();
  const { field, send } = useFields(
    Asked,
    { alias: '', password: '', email: '', country: '' },
    {
      alias: words.accounts.aliasWrong,
      password: words.accounts.passwordHint,
      email: words.accounts.emailWrong,
      country: '',
    },
  );
  const { value: country, onValue: onCountry } = field('country');
  return (
    <Form saysItself label={words.accounts.signUp} onSubmit={send((sent) => enter(path, { ...more, ...sent }))}>
      <AliasField {...field('alias')} />
      <PasswordField isNew {...field('password')} />
      <EmailField {...field('email')} />
      <Country value={country} none={words.accounts.noCountry} onValue={onCountry} />
      <Refusal>{refusal}</Refusal>
      <Button type="submit" disabled={busy} style={{ alignSelf: 'start' }}>
        {submit}
      </Button>
    </Form>
  );
}
