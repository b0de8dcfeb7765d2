import { type FormEvent, useState } from 'react';
import styles from './marshal.module.css';

/** Asks for the token. */
export function TokenForm({ onToken }: { readonly onToken: (token: string) => void }) {
  const [text, setText] = useState('');
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '') onToken(text.trim());
  };
  return (
    <form className={styles.tokenForm} onSubmit={submit}>
      <h1>Marshal</h1>
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
        Go to the track
      </button>
    </form>
  );
}
