import { PasswordInput } from '@mantine/core';
import { TextField } from '../forms/index.js';
import { words } from '../words/index.js';

interface FieldProps {
  readonly value: string;
  readonly error?: string | undefined;
  readonly onValue: (value: string) => void;
}

/** A password, which a password manager may fill in or make. */
export const PasswordField = ({
  label = words.accounts.password,
  isNew = false,
  value,
  error,
  onValue,
}: FieldProps & { readonly label?: string; readonly isNew?: boolean }) => (
  <PasswordInput
    label={label}
    description={isNew ? words.accounts.passwordHint : undefined}
    inputWrapperOrder={['label', 'input', 'error', 'description']}
    autoComplete={isNew ? 'new-password' : 'current-password'}
    required
    withAsterisk={false}
    maxLength={128}
    value={value}
    error={error}
    onChange={({ currentTarget }) => onValue(currentTarget.value)}
  />
);

export const AliasField = (field: FieldProps) => (
  <TextField
    label={words.accounts.alias}
    hint={words.accounts.aliasHint}
    autoComplete="username"
    required
    withAsterisk={false}
    {...field}
  />
);

export const EmailField = (field: FieldProps) => (
  <TextField
    label={words.accounts.email}
    hint={words.accounts.emailHint}
    autoComplete="email"
    type="email"
    {...field}
  />
);
