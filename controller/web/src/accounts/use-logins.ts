import { parse } from '@pitwall/protocol';
import { OwnLogins } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { ask, cookieSession } from '../http/index.js';

export const loginsKey = ['account', 'logins'];

/** By what who has signed in does so; undefined until the server has said. */
export function useLogins(): OwnLogins | undefined {
  const { data } = useQuery({
    queryKey: loginsKey,
    queryFn: async ({ signal }) => {
      const answer = await ask('/api/v1/account/logins', { token: cookieSession, signal });
      return parse(OwnLogins, await answer.json(), 'The logins');
    },
  });
  return data;
}
