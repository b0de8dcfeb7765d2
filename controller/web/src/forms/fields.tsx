import { Checkbox, Fieldset, NativeSelect, TextInput } from '@mantine/core';
import type { ComponentProps, ReactNode } from 'react';
import { Columns } from '../shell/index.js';

interface TextFieldProps extends Omit<ComponentProps<typeof TextInput>, 'onChange' | 'value'> {
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly hint?: string | undefined;
  readonly numeric?: boolean | undefined;
}

export const TextField = ({ onValue, hint, numeric = false, ...more }: TextFieldProps) => (
  <TextInput
    inputMode={numeric ? 'decimal' : undefined}
    spellCheck={false}
    autoComplete="off"
    description={hint}
    inputWrapperOrder={['label', 'input', 'error', 'description']}
    onChange={({ currentTarget }) => onValue(currentTarget.value)}
    {...more}
  />
);

interface ChoiceFieldProps<Value extends string>
  extends Omit<ComponentProps<typeof NativeSelect>, 'onChange' | 'value' | 'data'> {
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly onValue: (value: Value) => void;
}

/** One of several, in the list that the system itself shows: a phone's is made for fingers. */
export const ChoiceField = <Value extends string>({ options, onValue, ...more }: ChoiceFieldProps<Value>) => (
  <NativeSelect
    data={options.map(([value, label]) => ({ value, label }))}
    onChange={({ currentTarget }) => onValue(currentTarget.value as Value)}
    {...more}
  />
);

interface CheckFieldProps {
  readonly label: string;
  readonly value: boolean;
  readonly onValue: (value: boolean) => void;
}

export const CheckField = ({ label, value, onValue }: CheckFieldProps) => (
  <Checkbox label={label} checked={value} onChange={({ currentTarget }) => onValue(currentTarget.checked)} />
);

interface FieldGroupProps {
  readonly title: string;
  readonly disabled?: boolean;
  /** The least width of one. */
  readonly least?: string;
  readonly children: ReactNode;
}

/** Fields that belong together, as many side by side as fit. */
export const FieldGroup = ({ title, disabled = false, least = '14rem', children }: FieldGroupProps) => (
  <Fieldset legend={title} disabled={disabled} bg="transparent" pt="xs" miw={0}>
    <Columns least={least} fill>
      {children}
    </Columns>
  </Fieldset>
);
