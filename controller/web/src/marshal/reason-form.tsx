import { type FormEvent, type ReactNode, useId, useState } from 'react';
import { forms } from '../forms/index.js';
import styles from './marshal.module.css';

interface ReasonFormProps {
  readonly title: string;
  readonly submit: string;
  /** Usual reasons, one press each. */
  readonly usual: readonly string[];
  readonly children?: ReactNode;
  readonly onReason: (reason: string) => void;
  readonly onCancel: () => void;
}

/** Asks why. What has a reason is in the log with it. */
export function ReasonForm({ title, submit, usual, children, onReason, onCancel }: ReasonFormProps) {
  const [reason, setReason] = useState('');
  const list = useId();
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (reason.trim() !== '') onReason(reason.trim());
  };
  return (
    <form
      className={`${forms.fields} ${styles.reason}`}
      onSubmit={send}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <strong>{title}</strong>
      {children}
      <label>
        Reason
        <input
          // biome-ignore lint/a11y/noAutofocus: it was asked for this very moment
          autoFocus
          list={list}
          maxLength={500}
          value={reason}
          onChange={({ target }) => setReason(target.value)}
        />
      </label>
      <datalist id={list}>
        {usual.map((one) => (
          <option key={one} value={one} />
        ))}
      </datalist>
      <div className={forms.choices}>
        {usual.map((one) => (
          <button key={one} type="button" className={forms.chip} onClick={() => setReason(one)}>
            {one}
          </button>
        ))}
      </div>
      <div className={forms.choices}>
        <button type="submit" className={forms.primary} disabled={reason.trim() === ''}>
          {submit}
        </button>
        <button type="button" className={forms.plain} onClick={onCancel}>
          Leave it
        </button>
      </div>
    </form>
  );
}
