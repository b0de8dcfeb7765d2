import { type ReactNode, useState } from 'react';
import { forms } from '../forms/index.js';
import styles from './online.module.css';

interface ConfirmProps {
  readonly submit: string;
  readonly busy: boolean;
  /** Asks for a reason, which is kept in the race's log. */
  readonly reason?: boolean;
  readonly onSubmit: (reason: string) => void;
  readonly onCancel: () => void;
  /** What it does, before it is done. */
  readonly children: ReactNode;
}

/** Asks once more before something that cannot be taken back. */
export function Confirm({ submit, busy, reason = false, onSubmit, onCancel, children }: ConfirmProps) {
  const [text, setText] = useState('');
  return (
    <form
      className={`${forms.fields} ${styles.fields} ${styles.confirm}`}
      onSubmit={(event) => {
        event.preventDefault();
        onSubmit(text.trim());
      }}
      onKeyDown={(event) => {
        if (event.key === 'Escape') onCancel();
      }}
    >
      <p>{children}</p>
      {reason ? (
        <label>
          Reason
          <input
            // biome-ignore lint/a11y/noAutofocus: it was asked for this very moment
            autoFocus
            maxLength={500}
            value={text}
            onChange={({ target }) => setText(target.value)}
          />
        </label>
      ) : null}
      <div className={forms.choices}>
        <button type="submit" className={forms.danger} disabled={busy || (reason && text.trim() === '')}>
          {submit}
        </button>
        <button type="button" className={forms.plain} onClick={onCancel}>
          Leave it
        </button>
      </div>
    </form>
  );
}
