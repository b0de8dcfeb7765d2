import { isPitwallError, parse } from '@pitwall/protocol';
import { Account, type AccountRole } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { ask, cookieSession } from '../http/index.js';
import { words } from '../words/index.js';

export const accountKey = (token: string | null) => ['account', token] as const;

/** Whose token it is. @throws PitwallError `access-unknown` where nobody's */
export async function accountOf(token: string, signal?: AbortSignal): Promise<Account> {
  const answer = await ask('/api/v1/account', { token, ...(signal === undefined ? {} : { signal }) });
  return parse(Account, await answer.json(), 'The account');
}

/** Who this tab's visitor is, as the server says: asked once for each token, and again and again while it does not answer. */
export function useAccount(token: string | null) {
  return useQuery({
    queryKey: accountKey(token),
    enabled: token !== null,
    staleTime: Number.POSITIVE_INFINITY,
    retry: (_count, error) => !isPitwallError(error),
    retryDelay: 1000,
    queryFn: ({ signal }) => accountOf(token as string, signal),
  });
}

export const roleText = (role: AccountRole): string => words.session.roles[role];

/** Who is admitted: a role, or any of several, of which the first is named to others. */
export type Needs = AccountRole | readonly [AccountRole, ...AccountRole[]];

/** Why a holder is not admitted where a role is needed; null where it is. */
export function notAdmitted({ name, alias, role, may }: Account, needs: Needs | undefined): string | null {
  if (needs === undefined) return null;
  const any = typeof needs === 'string' ? ([needs] as const) : needs;
  if (any.some((one) => may.includes(one))) return null;
  const [first] = any;
  if (alias !== undefined) return words.session.youAreSignedInAs(alias, roleText(role), roleText(first));
  return words.session.thisIsTheTokenOf(name, roleText(role), roleText(first));
}

/** Why somebody is asked again who they are. */
export const notKnown = (token: string | null): string =>
  token === cookieSession ? words.session.youAreNotSignedInAnyMore : unknownToken;

export const unknownToken = words.session.thisTokenIsNotKnown;
