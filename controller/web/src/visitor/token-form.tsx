import { isPitwallError } from '@pitwall/protocol';
import type { AccountRole } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { forms } from '../forms/index.js';
import { accountKey, accountOf, notAdmitted, unknownToken } from './use-account.js';
import { useToken } from './visitor.js';
import styles from './visitor.module.css';

interface TokenFormProps {
  /** Where the form is all that the page shows. */
  readonly title?: string;
  readonly submit: string;
  /** What the page is for; without, anybody's token will do. */
  readonly needs?: AccountRole;
  /** Why it is asked again. */
  readonly why?: string | null;
  readonly children: ReactNode;
}

/** Asks who this is, and takes only a token that the server knows and that is good for this page. */
export function TokenForm({ title, submit, needs, why, children }: TokenFormProps) {
  const { keep, refused } = useToken();
  const queries = useQueryClient();
  const [text, setText] = useState('');
  const [isAsking, setAsking] = useState(false);
  const [said, setSaid] = useState<string | null>(why ?? refused);
  const check = async (token: string) => {
    setAsking(true);
    setSaid(null);
    try {
      const account = await accountOf(token, AbortSignal.timeout(patience));
      const not = notAdmitted(account, needs);
      setSaid(not);
      if (not !== null) return;
      queries.setQueryData(accountKey(token), account);
      keep(token);
    } catch (error) {
      setSaid(isPitwallError(error) ? unknownToken : 'The controller does not answer: nobody could check the token.');
    } finally {
      setAsking(false);
    }
  };
  const send = (event: FormEvent) => {
    event.preventDefault();
    if (text.trim() !== '' && !isAsking) void check(text.trim());
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
      {said === null ? null : (
        <strong className={styles.refused} role="alert">
          {said}
        </strong>
      )}
      <button type="submit" className={forms.primary} disabled={text.trim() === '' || isAsking}>
        {submit}
      </button>
    </form>
  );
}

/** How long the answer may take, ms. */
const patience = 5000;
