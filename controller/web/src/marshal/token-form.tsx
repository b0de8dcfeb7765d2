import { type FormEvent, useState } from 'react';
import styles from './marshal.module.css';

interface TokenFormProps {
  readonly title?: string;
  readonly go?: string;
  readonly onToken: (token: string) => void;
}

/** Asks for the token. */
export function TokenForm({ title = 'Marshal', go = 'Go to the track', onToken }: TokenFormProps) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') onToken(text.trim());
  };
  return (
    <form className={styles.tokenForm} onSubmit={submit}>
      <h1>{title}</h1>
      <p>
        Who runs races needs a token; <code>pitwall token issue --role marshal --name …</code> makes one. It stays in
        this tab until you close it.
      </p>
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
        {go}
      </button>
    </form>
  );
}
