import { type ReactNode, useId } from 'react';
import styles from './forms.module.css';

interface TextProps {
  readonly label: string;
  readonly value: string;
  readonly onValue: (value: string) => void;
  readonly hint?: string;
  readonly placeholder?: string;
  readonly numeric?: boolean;
  readonly required?: boolean;
  readonly maxLength?: number;
}

export function Text({ label, value, onValue, hint, placeholder, numeric, required, maxLength }: TextProps) {
  const id = useId();
  return (
    <label>
      <span id={`${id}name`}>{label}</span>
      <input
        // What it is called, and what there is to say about it, are two things.
        aria-labelledby={hint === undefined ? undefined : `${id}name`}
        aria-describedby={hint === undefined ? undefined : `${id}hint`}
        inputMode={numeric ? 'decimal' : undefined}
        spellCheck={false}
        autoComplete="off"
        placeholder={placeholder}
        required={required}
        maxLength={maxLength}
        value={value}
        onChange={({ target }) => onValue(target.value)}
      />
      {hint === undefined ? null : <small id={`${id}hint`}>{hint}</small>}
    </label>
  );
}

interface ChoiceProps<Value extends string> {
  readonly label: string;
  readonly value: Value;
  readonly options: readonly (readonly [Value, string])[];
  readonly disabled?: boolean;
  readonly onValue: (value: Value) => void;
}

export function Choice<Value extends string>({ label, value, options, disabled, onValue }: ChoiceProps<Value>) {
  return (
    <label>
      {label}
      <select value={value} disabled={disabled} onChange={({ target }) => onValue(target.value as Value)}>
        {options.map(([name, words]) => (
          <option key={name} value={name}>
            {words}
          </option>
        ))}
      </select>
    </label>
  );
}

interface CheckProps {
  readonly label: string;
  readonly value: boolean;
  readonly onValue: (value: boolean) => void;
}

export function Check({ label, value, onValue }: CheckProps) {
  return (
    <label className={styles.check}>
      <input type="checkbox" checked={value} onChange={({ target }) => onValue(target.checked)} />
      {label}
    </label>
  );
}

export function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend>{title}</legend>
      <div className={`${styles.fields} ${styles.grid}`}>{children}</div>
    </fieldset>
  );
}

/** What is wrong with what was typed. */
export function Wrong({ lines }: { readonly lines: readonly string[] }) {
  if (lines.length === 0) return null;
  return (
    <ul className={styles.wrong} role="alert">
      {lines.map((line) => (
        <li key={line}>{line}</li>
      ))}
    </ul>
  );
}
