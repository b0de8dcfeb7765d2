import { isPitwallError } from '@pitwall/protocol';
import type { ReactNode } from 'react';
import { Note } from '../shell/index.js';
import { words } from '../words/index.js';
import { type Needs, notAdmitted, notKnown, useAccount } from './account.js';
import { useSession } from './session.js';

interface RequireRoleProps {
  readonly needs: Needs;
  /** Asks for a token, and says why it asks again. */
  readonly form: (why: string | null) => ReactNode;
  readonly children: (token: string) => ReactNode;
}

/** What only some may see: shown when the server has said who this is, and not a moment before. */
export function RequireRole({ needs, form, children }: RequireRoleProps) {
  const { token } = useSession();
  const { data, error, failureReason } = useAccount(token);
  if (token === null) return form(null);
  if (data !== undefined) {
    const not = notAdmitted(data, needs);
    return not === null ? children(token) : form(not);
  }
  if (isPitwallError(error)) return form(notKnown(token));
  if (failureReason === null) return <Note title={words.common.oneMoment} />;
  return <Note title={words.common.theControllerDoesNotAnswer}>{words.session.itIsAskedAgainUntil}</Note>;
}
