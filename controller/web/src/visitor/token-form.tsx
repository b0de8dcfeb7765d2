import { type FormEvent, type ReactNode, useState } from 'react';
import { forms } from '../forms/index.js';
import { useToken } from './visitor.js';
import styles from './visitor.module.css';

interface TokenFormProps {
  /** Where the form is all that the page shows. */
  readonly title?: string;
  readonly submit: string;
  readonly children: ReactNode;
}

/** Asks who this is. */
export function TokenForm({ title, submit, children }: TokenFormProps) {
  const { keep } = useToken();
  const [text, setText] = useState('');
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') keep(text.trim());
  };
  return (
    <form className={`${forms.fields} ${styles.form}`} data-page={title !== undefined} onSubmit={send}>
      {title === undefined ? null : <h1>{title}</h1>}
      <p>{children}</p>
      <label>
        Token
        <input
          type="password"
          autoComplete="off"
          spellCheck={false}
          value={text}
          onChange={({ target }) => setText(target.value)}
        />
      </label>
      <button type="submit" className={forms.primary} disabled={text.trim() === ''}>
        {submit}
      </button>
    </form>
  );
}
