import { isPitwallError, parse } from '@pitwall/protocol';
import { Account, type AccountRole } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { ask } from '../http/index.js';

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

const text: Readonly<Partial<Record<AccountRole, string>>> = {
  crew: 'pit crew',
};
export const roleText = (role: AccountRole): string => text[role] ?? role;

/** Why a holder is not admitted where a role is needed; null where it is. */
export function notAdmitted({ name, role, may }: Account, needs: AccountRole | undefined): string | null {
  if (needs === undefined || may.includes(needs)) return null;
  return `This is the token of ${name}, ${roleText(role)}. Here a token with the role ${roleText(needs)} is needed.`;
}

export const unknownToken = 'This token is not known here, or was revoked. Look whether it was copied whole.';
