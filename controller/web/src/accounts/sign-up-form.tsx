import { Button } from '@mantine/core';
import { SignUp } from '@pitwall/protocol/api';
import { Country, Form, useFields } from '../forms/index.js';
import { Refusal } from '../shell/index.js';
import { words } from '../words/index.js';
import { AliasField, EmailField, PasswordField } from './credential-fields.js';
import { deviceName } from './device-name.js';
import { makePasskey } from './passkey.js';
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

const AskedByPasskey = Asked.omit({ password: true });

/** The same with a passkey for a password. */
export function PasskeySignUpForm() {
  const { busy, refusal, enter } = useEntry();
  const { field, send } = useFields(
    AskedByPasskey,
    { alias: '', email: '', country: '' },
    { alias: words.accounts.aliasWrong, email: words.accounts.emailWrong, country: '' },
  );
  const { value: country, onValue: onCountry } = field('country');
  const signUp = send((who) =>
    enter('/api/v1/people/passkey', async () => {
      const passkey = await makePasskey('/api/v1/people/passkey/options', null, { alias: who.alias });
      return { ...who, passkey, passkeyName: deviceName(navigator.userAgent) };
    }),
  );
  return (
    <Form saysItself label={words.accounts.signUp} onSubmit={signUp}>
      <AliasField {...field('alias')} />
      <EmailField {...field('email')} />
      <Country value={country} none={words.accounts.noCountry} onValue={onCountry} />
      <Refusal>{refusal}</Refusal>
      <Button type="submit" disabled={busy} style={{ alignSelf: 'start' }}>
        {words.accounts.signUpByPasskey}
      </Button>
    </Form>
  );
}
