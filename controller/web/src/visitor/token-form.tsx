import { type FormEvent, type ReactNode, useState } from 'react';
import { useToken } from './visitor.js';
import styles from './visitor.module.css';

/** Asks who this is. */
export function TokenForm({ submit, children }: { readonly submit: string; readonly children: ReactNode }) {
  const { keep } = useToken();
  const [text, setText] = useState('');
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') keep(text.trim());
  };
  return (
    <form className={styles.form} onSubmit={send}>
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
      <button type="submit" className={styles.primary} disabled={text.trim() === ''}>
        {submit}
      </button>
    </form>
  );
}
