import { type FormEvent, useState } from 'react';
import { forms } from '../forms/index.js';
import styles from './held.module.css';

interface WhoIsItProps {
  readonly alias: string;
  readonly busy: boolean;
  readonly onNew: (alias: string) => void;
  readonly onKnown: (racer: string) => void;
}

/** Gives a provisional racer an id: a new one, or that of a racer who has one. All of the racer's results go with it. */
export function WhoIsIt({ alias, busy, onNew, onKnown }: WhoIsItProps) {
  const [name, setName] = useState(alias);
  const [known, setKnown] = useState('');
  const submit = (event: FormEvent, act: () => void) => {
    event.preventDefault();
    act();
  };
  return (
    <div className={styles.who}>
      <form className={forms.fields} onSubmit={(event) => submit(event, () => onNew(name.trim()))}>
        <label>
          A new racer, with the alias
          <input required maxLength={64} value={name} onChange={({ target }) => setName(target.value)} />
        </label>
        <button type="submit" className={forms.plain} disabled={busy}>
          Issue an id
        </button>
      </form>
      <form className={forms.fields} onSubmit={(event) => submit(event, () => onKnown(known.trim().toLowerCase()))}>
        <label>
          Or a racer who has an id
          <input
            required
            maxLength={63}
            spellCheck={false}
            value={known}
            onChange={({ target }) => setKnown(target.value)}
          />
        </label>
        <button type="submit" className={forms.plain} disabled={busy}>
          It is this one
        </button>
      </form>
    </div>
  );
}
